package main

import (
	"fmt"
	"strconv"
	"strings"
)

// writeReaders writes a decoder for each struct that occurs in params.
func writeReaders(d *Definition) ([]byte, error) {
	var s source
	for _, o := range d.Objects {
		if !o.Read {
			continue
		}
		s.line("func read%s(r *reader, v scan.Value) (p %s) {", o.Codec, o.Go)
		names := ""
		for _, f := range o.Fields {
			names += fmt.Sprintf(", %q", f.Wire)
		}
		s.line("o := r.object(v%s)", names)
		for i, f := range o.Fields {
			s.line("p.%s = %s", f.Go, readExpr(f.Ref, fmt.Sprintf("o.at(%d)", i)))
		}
		s.line("return p\n}\n")
	}
	return s.done()
}

func readExpr(r *Ref, v string) string {
	switch r.Kind {
	case Text:
		return convert(r.Go, "string", "r.text("+v+")")
	case Choice:
		args := v
		for _, val := range r.Values {
			args += ", " + strconv.Quote(val.Text)
		}
		return convert(r.Go, "string", "r.choice("+args+")")
	case Int:
		return convert(r.Go, "int64", "r.integer("+v+")")
	case Float:
		return "r.float(" + v + ")"
	case Bool:
		return "r.boolean(" + v + ")"
	case Raw:
		return "r.raw(" + v + ")"
	case List:
		return "readList(r, " + v + ", " + readFunc(r.Elem) + ")"
	case Pointer:
		return "readPointer(r, " + v + ", " + readFunc(r.Elem) + ")"
	}
	return "read" + r.Object.Codec + "(r, " + v + ")"
}

func readFunc(r *Ref) string {
	if r.Kind == Struct {
		return "read" + r.Object.Codec
	}
	return fmt.Sprintf("func(r *reader, v scan.Value) %s { return %s }", r.Go, readExpr(r, "v"))
}

func convert(to, from, expr string) string {
	if to == from {
		return expr
	}
	return to + "(" + expr + ")"
}

// writeWriters writes an encoder for each struct that occurs in results.
func writeWriters(d *Definition) ([]byte, error) {
	var s source
	for _, o := range d.Objects {
		if !o.Written {
			continue
		}
		s.line("func write%s(w *writer, v *%s) {\nw.open()", o.Codec, o.Go)
		for _, f := range o.Fields {
			writeMember(&s, f)
		}
		s.line("w.close()\n}\n")
	}
	return s.done()
}

// writeMember writes a member; an optional one only where encoding/json would.
func writeMember(s *source, f Field) {
	v := "v." + f.Go
	if put, value := scalar(f.Ref, v); put != "" {
		if f.Optional {
			put += "If"
		}
		s.line("w.%s(%q, %s)", put, f.Wire, value)
		return
	}
	switch {
	case f.Optional && f.Ref.Kind == Pointer:
		s.line("if %s != nil {\nw.name(%q)", v, f.Wire)
		writeValue(s, f.Ref.Elem, "*"+v)
		s.line("}")
	case f.Optional:
		s.line("if len(%s) > 0 {\nw.name(%q)", v, f.Wire)
		writeValue(s, f.Ref, v)
		s.line("}")
	default:
		s.line("w.name(%q)", f.Wire)
		writeValue(s, f.Ref, v)
	}
}

// scalar is the writer's method for a plain value, or "".
func scalar(r *Ref, v string) (method, value string) {
	switch r.Kind {
	case Text, Choice:
		return "text", convert("string", r.Go, v)
	case Int:
		return "integer", convert("int64", r.Go, v)
	case Float:
		return "float", v
	case Bool:
		return "boolean", v
	case Raw:
		return "raw", v
	}
	return "", ""
}

// writeValue writes a value without a name: a list, an element, what a pointer
// points to.
func writeValue(s *source, r *Ref, v string) {
	if put, value := scalar(r, v); put != "" {
		s.line("w.put%s(%s)", strings.ToUpper(put[:1])+put[1:], value)
		return
	}
	switch r.Kind {
	case List:
		s.line("w.openList()\nfor i := range %s {\nw.item()", v)
		writeValue(s, r.Elem, v+"[i]")
		s.line("}\nw.closeList()")
	case Pointer:
		s.line("if %s == nil {\nw.literal(\"null\")\n} else {", v)
		writeValue(s, r.Elem, "*"+v)
		s.line("}")
	default:
		s.line("write%s(w, %s)", r.Object.Codec, address(v))
	}
}

// address takes back a dereference.
func address(v string) string {
	if pointer, ok := strings.CutPrefix(v, "*"); ok {
		return pointer
	}
	return "&" + v
}
