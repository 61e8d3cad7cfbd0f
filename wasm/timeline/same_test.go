package timeline

import (
	"reflect"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
)

// TestSameForgetsNothing: what differs in any field, at any depth, is not the same.
func TestSameForgetsNothing(t *testing.T) {
	full := func() *api.EventItem {
		item := &api.EventItem{}
		fill(reflect.ValueOf(item).Elem())
		return item
	}
	if !sameEvent(full(), full()) {
		t.Fatal("an item is not the same as itself")
	}
	fields := 0
	count(reflect.ValueOf(full()).Elem(), &fields)
	for i := range fields {
		changed, at := full(), i
		alter(reflect.ValueOf(changed).Elem(), &at)
		if sameEvent(full(), changed) {
			t.Errorf("the same, although %+v", *changed)
		}
	}
}

// fill sets every field to something.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	}
}

func count(v reflect.Value, n *int) { walk(v, func(reflect.Value) { *n++ }) }

// alter changes the n-th value.
func alter(v reflect.Value, n *int) {
	walk(v, func(leaf reflect.Value) {
		if *n == 0 {
			switch leaf.Kind() {
			case reflect.String:
				leaf.SetString("x")
			case reflect.Bool:
				leaf.SetBool(true)
			case reflect.Uint8:
				leaf.SetUint(1)
			default:
				leaf.SetInt(1)
			}
		}
		*n--
	})
}

func walk(v reflect.Value, leaf func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		walk(v.Elem(), leaf)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[api.Error]() {
			leaf(v.FieldByName("Code")) // compared whole
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), leaf)
		}
	case reflect.Slice:
		walk(v.Index(0), leaf)
	default:
		leaf(v)
	}
}
