package api

import (
	"reflect"
	"testing"
)

// TestEqualSeesEveryField changes each field of a value, however deep, and
// wants Equal to notice: a field that is added later must not be forgotten.
func TestEqualSeesEveryField(t *testing.T) {
	eachChange(t, func(a, b *Room) bool { return a.Equal(b) })
	eachChange(t, func(a, b *RoomDetails) bool { return a.Equal(b) })
	eachChange(t, func(a, b *SpaceRoom) bool { return a.Equal(b) })
}

func eachChange[T any](t *testing.T, equal func(a, b *T) bool) {
	t.Helper()
	for n := 0; ; n++ {
		var before, after T
		fillIn(reflect.ValueOf(&before).Elem(), new(int), -1)
		leaves := 0
		fillIn(reflect.ValueOf(&after).Elem(), &leaves, n)
		if n >= leaves {
			if !equal(&before, &after) || n == 0 {
				t.Errorf("two equal %T differ", before)
			}
			return
		}
		if equal(&before, &after) || equal(&after, &before) {
			t.Errorf("%+v\nequals\n%+v", before, after)
		}
	}
}

// fillIn sets all of v and counts its leaves; the one numbered other is set to
// another value.
func fillIn(v reflect.Value, leaves *int, other int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillIn(v.Field(i), leaves, other)
		}
		return
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if fillIn(v.Elem(), leaves, other); other == *leaves {
			v.SetZero()
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		if fillIn(v.Index(0), leaves, other); other == *leaves {
			v.SetZero()
		}
	case reflect.String:
		v.SetString(map[bool]string{false: "a", true: "b"}[other == *leaves])
	case reflect.Bool:
		v.SetBool(other == *leaves)
	case reflect.Int, reflect.Int64:
		v.SetInt(map[bool]int64{false: 1, true: 2}[other == *leaves])
	case reflect.Float64:
		v.SetFloat(map[bool]float64{false: 1, true: 2}[other == *leaves])
	default:
		panic("a kind that the test does not know: " + v.Kind().String())
	}
	*leaves++
}
