package rpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const rounds = 300

var valueType = reflect.TypeFor[scan.Value]()

// The writers say the same as encoding/json, member by member, for any value.
func TestWriters(t *testing.T) {
	for _, w := range writers {
		write := reflect.ValueOf(w)
		typ := write.Type().In(1).Elem()
		t.Run(typ.Name(), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 2))
			for range rounds {
				v := random(rnd, typ, false)
				w := writer{buf: []byte("before:")}
				write.Call([]reflect.Value{reflect.ValueOf(&w), v.Addr()})
				got, ok := bytes.CutPrefix(w.buf, []byte("before:"))
				want := marshal(t, v)
				if !ok || !scan.Valid(got) || !sameJSON(t, got, want) {
					t.Fatalf("got\n%s\nwant\n%s", got, want)
				}
			}
		})
	}
}

// The readers take what encoding/json writes, whatever else stands around it.
func TestReaders(t *testing.T) {
	for _, f := range readers {
		read := reflect.ValueOf(f)
		typ := read.Type().Out(0)
		t.Run(typ.Name(), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(3, 4))
			for range rounds {
				v := random(rnd, typ, true)
				text := marshal(t, v)
				if rnd.IntN(2) == 0 {
					text = disguise(text)
				}
				got, err := readBy(read, text)
				if err != nil {
					t.Fatalf("%v in %s", err, text)
				}
				if want := marshal(t, v); !bytes.Equal(marshal(t, got), want) {
					t.Fatalf("got\n%s\nwant\n%s", marshal(t, got), want)
				}
			}
		})
	}
}

// disguise adds members that nobody knows, in front of and behind the rest.
func disguise(object []byte) []byte {
	inner := strings.TrimSuffix(strings.TrimPrefix(string(object), "{"), "}")
	if inner != "" {
		inner = "," + inner
	}
	return []byte(` {"__proto__" : {"id":[7]}` + inner + `,"\u0000":null } `)
}

// Every member refuses every wrong type, and the error names it.
func TestReadersRefuse(t *testing.T) {
	for _, f := range readers {
		read := reflect.ValueOf(f)
		for _, c := range mistakes(read.Type().Out(0)) {
			_, err := readBy(read, []byte(c.text))
			want := c.path
			if want == "" {
				want = "params"
			}
			if err == nil || err.Code != api.CallInvalid || !strings.HasPrefix(err.Message, want+": want ") {
				t.Errorf("%s: %s gives %v", read.Type().Out(0), c.text, err)
			}
		}
	}
}

// Null counts as absent everywhere.
func TestReadersTakeNull(t *testing.T) {
	for _, f := range readers {
		read := reflect.ValueOf(f)
		zero := reflect.New(read.Type().Out(0)).Elem()
		for _, c := range mistakes(zero.Type()) {
			at := strings.LastIndex(c.text, c.wrong)
			text := c.text[:at] + "null" + c.text[at+len(c.wrong):]
			if _, err := readBy(read, []byte(text)); err != nil {
				t.Errorf("%s: %s gives %v", zero.Type(), text, err)
			}
		}
	}
}

func TestReadNumbers(t *testing.T) {
	for text, fits := range map[string]bool{
		"1": true, "-9007199254740991": true, "1e3": true, "2.0": true, "1.5": false, "1e19": false, "9223372036854775808": false,
	} {
		var r reader
		r.integer(scan.Value(text))
		if (r.err == nil) != fits {
			t.Errorf("%s: %v", text, r.err)
		}
	}
	var r reader
	if r.float(scan.Value("1e999")); r.err == nil {
		t.Error("1e999 is no double")
	}
}

// Any JSON is kept as it came; null is none.
func TestReadRaw(t *testing.T) {
	var r reader
	p := readSendParams(&r, scan.Value(`{"content": {"a" : [ 1 ]} ,"type":"x"}`))
	if string(p.Content) != `{"a" : [ 1 ]}` {
		t.Errorf("got %s", p.Content)
	}
	if p = readSendParams(&r, scan.Value(`{"content":null}`)); p.Content != nil || r.err != nil {
		t.Errorf("got %s, %v", p.Content, r.err)
	}
}

func TestWriteOddities(t *testing.T) {
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var w writer
		if w.putFloat(f); string(w.buf) != "null" {
			t.Errorf("%v = %s", f, w.buf)
		}
	}
	var w writer
	if w.putRaw(scan.Value("{broken")); string(w.buf) != "null" {
		t.Errorf("bytes that are no JSON become %s", w.buf)
	}
}

func readBy(read reflect.Value, text []byte) (reflect.Value, *api.Error) {
	var r reader
	out := read.Call([]reflect.Value{reflect.ValueOf(&r), reflect.ValueOf(scan.Value(text))})
	v := reflect.New(read.Type().Out(0)).Elem()
	v.Set(out[0])
	return v, r.err
}

type mistake struct{ text, wrong, path string }

// mistakes are objects with one wrong member each.
func mistakes(t reflect.Type) []mistake {
	switch {
	case t == valueType:
		return nil
	case t.Kind() == reflect.Pointer:
		return mistakes(t.Elem())
	case t.Kind() == reflect.String && choices[t.Name()] != nil:
		return []mistake{{"7", "7", ""}, {`"no such"`, `"no such"`, ""}}
	case t.Kind() != reflect.Struct && t.Kind() != reflect.Slice:
		return []mistake{{"[]", "[]", ""}}
	}
	all := []mistake{{"true", "true", ""}}
	if t.Kind() == reflect.Slice {
		for _, m := range mistakes(t.Elem()) {
			all = append(all, mistake{"[" + m.text + "]", m.wrong, join("0", m.path)})
		}
		return all
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		for _, m := range mistakes(t.Field(i).Type) {
			all = append(all, mistake{fmt.Sprintf("{%q:%s}", name, m.text), m.wrong, join(name, m.path)})
		}
	}
	return all
}

func join(name, rest string) string {
	if rest == "" {
		return name
	}
	return name + "." + rest
}

// random makes an addressable value. Where valid, named strings get one of
// their values and texts are UTF-8.
func random(rnd *rand.Rand, t reflect.Type, valid bool) reflect.Value {
	v := reflect.New(t).Elem()
	if rnd.IntN(4) == 0 {
		return v
	}
	switch {
	case t == valueType:
		raw := []string{`{"a":[1,"\ud83d\ude00",null]}`, `"x"`, "0", "true", "[]", "{}"}
		v.SetBytes([]byte(raw[rnd.IntN(len(raw))]))
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			v.Field(i).Set(random(rnd, t.Field(i).Type, valid))
		}
	case t.Kind() == reflect.Pointer:
		v.Set(random(rnd, t.Elem(), valid).Addr())
	case t.Kind() == reflect.Slice:
		for range rnd.IntN(4) {
			v.Set(reflect.Append(v, random(rnd, t.Elem(), valid)))
		}
	case t.Kind() == reflect.String:
		v.SetString(randomText(rnd, t.Name(), valid))
	case t.Kind() == reflect.Bool:
		v.SetBool(rnd.IntN(2) == 0)
	case t.Kind() == reflect.Float64:
		v.SetFloat(rnd.NormFloat64() * math.Pow(10, float64(rnd.IntN(60)-30)))
	default:
		v.SetInt(int64(rnd.Uint64()) >> rnd.IntN(64))
	}
	return v
}

func randomText(rnd *rand.Rand, name string, valid bool) string {
	if values := choices[name]; valid && values != nil {
		return values[rnd.IntN(len(values))]
	}
	parts := []string{"a", "\"", "\\", "\n", "\x00", "\x7f", "<&>", "\u2028", "é", "😀", "/", "\ufffd"}
	if !valid {
		parts = append(parts, "\xff", "\xed\xa0\x80")
	}
	var b strings.Builder
	for range rnd.IntN(8) {
		b.WriteString(parts[rnd.IntN(len(parts))])
	}
	return b.String()
}

// marshal is encoding/json's opinion of v.
func marshal(t *testing.T, v reflect.Value) []byte {
	t.Helper()
	b, err := json.Marshal(mirror(v).Interface())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mirror copies v into a type that encoding/json understands: scan.Value is a
// json.RawMessage there, and lists are never nil.
func mirror(v reflect.Value) reflect.Value {
	m := reflect.New(mirrorType(v.Type())).Elem()
	switch {
	case v.Type() == valueType:
		if !v.IsNil() {
			m.SetBytes(v.Bytes())
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			m.Field(i).Set(mirror(v.Field(i)))
		}
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			m.Set(reflect.New(m.Type().Elem()))
			m.Elem().Set(mirror(v.Elem()))
		}
	case v.Kind() == reflect.Slice:
		m.Set(reflect.MakeSlice(m.Type(), 0, v.Len()))
		for i := range v.Len() {
			m.Set(reflect.Append(m, mirror(v.Index(i))))
		}
	default:
		m.Set(v)
	}
	return m
}

func mirrorType(t reflect.Type) reflect.Type {
	switch {
	case t == valueType:
		return reflect.TypeFor[json.RawMessage]()
	case t.Kind() == reflect.Pointer:
		return reflect.PointerTo(mirrorType(t.Elem()))
	case t.Kind() == reflect.Slice:
		return reflect.SliceOf(mirrorType(t.Elem()))
	case t.Kind() != reflect.Struct:
		return t
	}
	var fields []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		fields = append(fields, reflect.StructField{Name: f.Name, Tag: f.Tag, Type: mirrorType(f.Type)})
	}
	return reflect.StructOf(fields)
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	return reflect.DeepEqual(decode(t, a), decode(t, b))
}

// decode keeps numbers exact: beyond 2^53 a float64 would hide a difference.
func decode(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return numbers(v)
}

func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case json.Number:
		exact, _ := new(big.Rat).SetString(v.String())
		return exact.RatString()
	}
	return v
}
