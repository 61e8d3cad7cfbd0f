package main

import (
	"fmt"
	"go/constant"
	"go/types"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
)

// renamed gives a type another name in TypeScript, where Go's would hide one of
// the platform's.
var renamed = map[string]string{"Error": "ErrorInfo", "Code": "ErrorCode", "Response": "ServerResponse"}

// reserved names belong to the generated file itself.
var reserved = []string{"Json", "Port", "Calls", "CallOptions", "Promise", "AsyncIterable", "AbortSignal", "Record"}

// ref works out how a type travels. about is what an error should name.
func (d *definer) ref(about types.Object, t types.Type) (*Ref, error) {
	switch t := t.(type) {
	case *types.Basic:
		return d.basic(about, t, t.Name())
	case *types.TypeParam:
		return &Ref{Kind: Param, Go: t.Obj().Name(), TS: t.Obj().Name()}, nil
	case *types.Pointer:
		return d.holder(about, Pointer, t.Elem())
	case *types.Slice:
		return d.holder(about, List, t.Elem())
	case *types.Named:
		return d.named(about, t)
	}
	return nil, d.fail(about, "%s cannot cross", t)
}

func (d *definer) basic(about types.Object, t *types.Basic, name string) (*Ref, error) {
	switch t.Kind() {
	case types.String:
		return &Ref{Kind: Text, Go: name, TS: "string"}, nil
	case types.Int, types.Int64:
		return &Ref{Kind: Int, Go: name, TS: "number"}, nil
	case types.Float64:
		return &Ref{Kind: Float, Go: name, TS: "number"}, nil
	case types.Bool:
		return &Ref{Kind: Bool, Go: name, TS: "boolean"}, nil
	}
	return nil, d.fail(about, "%s cannot cross", t)
}

func (d *definer) holder(about types.Object, kind Kind, elem types.Type) (*Ref, error) {
	e, err := d.ref(about, elem)
	if err != nil {
		return nil, err
	}
	if e.Kind == List || e.Kind == Pointer {
		return nil, d.fail(about, "a list or pointer must not hold another")
	}
	if kind == Pointer {
		return &Ref{Kind: kind, Go: "*" + e.Go, TS: e.TS, Elem: e}, nil
	}
	return &Ref{Kind: kind, Go: "[]" + e.Go, TS: "readonly " + e.TS + "[]", Elem: e}, nil
}

func (d *definer) named(about types.Object, t *types.Named) (*Ref, error) {
	pkg := t.Obj().Pkg()
	if pkg != nil && pkg.Path() == scanPath && t.Obj().Name() == "Value" {
		return &Ref{Kind: Raw, Go: "scan.Value", TS: "Json"}, nil
	}
	basic, isBasic := t.Underlying().(*types.Basic)
	_, isStruct := t.Underlying().(*types.Struct)
	own := pkg == d.api
	isID := pkg != nil && pkg.Path() == eventPath && isBasic
	switch {
	case !own && !isID:
		return nil, d.fail(about, "%s crosses, but package api does not own it", t)
	case isBasic:
		return d.namedText(about, t, basic)
	case isStruct:
		return d.namedStruct(about, t)
	}
	return nil, d.fail(about, "%s cannot cross", t)
}

// namedText is an id, or a choice where there are constants of its type.
func (d *definer) namedText(about types.Object, t *types.Named, basic *types.Basic) (*Ref, error) {
	if basic.Kind() != types.String {
		return nil, d.fail(about, "%s cannot cross: only strings may have names", t)
	}
	decl := d.declare(t)
	r := &Ref{Kind: Text, Go: t.Obj().Pkg().Name() + "." + t.Obj().Name(), TS: decl.Name}
	if decl.Values == nil {
		decl.Values = d.values(t)
	}
	if len(decl.Values) > 0 {
		r.Kind, r.Values = Choice, decl.Values
	}
	return r, nil
}

// values lists a named string's constants in the order of the source.
func (d *definer) values(t *types.Named) []Value {
	scope := t.Obj().Pkg().Scope()
	var found []*types.Const
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), t) {
			found = append(found, c)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Pos() < found[j].Pos() })
	names := d.valueWords(found)
	values := make([]Value, 0, len(found))
	for _, c := range found {
		about := d.docs[c.Pkg().Name()+"."+c.Name()]
		values = append(values, Value{Text: constant.StringVal(c.Val()), Doc: valueDoc(about.text, c.Name(), names), Group: about.group})
	}
	return values
}

func (d *definer) namedStruct(about types.Object, t *types.Named) (*Ref, error) {
	decl := d.declare(t)
	r := &Ref{Kind: Struct, Go: d.goName(t), TS: decl.Name + d.tsArgs(about, t)}
	if o := d.objects[r.Go]; o != nil {
		r.Object = o
		return r, nil
	}
	r.Object = &Object{Go: r.Go, Codec: codecName(r.Go), Type: decl}
	open := hasParams(t)
	if !open {
		d.objects[r.Go] = r.Object
		d.out.Objects = append(d.out.Objects, r.Object)
	}
	fields, err := d.fields(t)
	r.Object.Fields = fields
	if err == nil && decl.Fields == nil {
		decl.Fields, err = d.fields(t.Origin())
	}
	return r, err
}

// hasParams reports whether type parameters are still open in t.
func hasParams(t *types.Named) bool {
	for i := range t.TypeArgs().Len() {
		switch arg := t.TypeArgs().At(i).(type) {
		case *types.TypeParam:
			return true
		case *types.Named:
			if hasParams(arg) {
				return true
			}
		}
	}
	return t.TypeArgs().Len() == 0 && t.TypeParams().Len() > 0
}

func (d *definer) goName(t *types.Named) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

func (d *definer) tsArgs(about types.Object, t *types.Named) string {
	var args []string
	for i := range t.TypeArgs().Len() {
		if r, err := d.ref(about, t.TypeArgs().At(i)); err == nil { // fields will tell of an error
			args = append(args, r.TS)
		}
	}
	if len(args) == 0 {
		return ""
	}
	return "<" + strings.Join(args, ", ") + ">"
}

// codecName makes ListUpdateRoom of api.ListUpdate[api.Room].
func codecName(goName string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(goName, func(r rune) bool { return r == '[' || r == ']' || r == ',' }) {
		b.WriteString(part[strings.LastIndexByte(part, '.')+1:])
	}
	return b.String()
}

func (d *definer) fields(t *types.Named) ([]Field, error) {
	st := t.Underlying().(*types.Struct)
	fields := make([]Field, 0, st.NumFields())
	taken := map[string]bool{}
	for i := range st.NumFields() {
		f, err := d.field(t, st.Field(i), st.Tag(i))
		if err != nil {
			return nil, err
		}
		if taken[f.Wire] {
			return nil, d.fail(st.Field(i), "the name %q repeats in %s", f.Wire, t.Obj().Name())
		}
		taken[f.Wire] = true
		fields = append(fields, f)
	}
	names := d.words()
	for _, f := range fields {
		names[f.Go] = "`" + f.Wire + "`"
	}
	for i := range fields {
		fields[i].Doc = reword(d.docs["api."+t.Obj().Name()+"."+fields[i].Go].text, names)
	}
	return fields, nil
}

func (d *definer) field(owner *types.Named, v *types.Var, tag string) (Field, error) {
	wire, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	switch {
	case v.Embedded() || !v.Exported():
		return Field{}, d.fail(v, "%s must have named, exported members only", owner.Obj().Name())
	case wire == "" || wire == "-":
		return Field{}, d.fail(v, "%s.%s has no json tag", owner.Obj().Name(), v.Name())
	case options != "" && options != "omitempty":
		return Field{}, d.fail(v, "json option %q is not known here", options)
	}
	r, err := d.ref(v, v.Type())
	if err != nil {
		return Field{}, err
	}
	f := Field{Go: v.Name(), Wire: wire, Optional: options != "", Ref: r}
	if f.Optional && r.Kind == Struct {
		return f, d.fail(v, "omitempty does nothing on a struct: use a pointer")
	}
	return f, nil
}

func wireName(st *types.Struct, i int) string {
	wire, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ",")
	return wire
}

// declare notes that a type needs a declaration in TypeScript.
func (d *definer) declare(t *types.Named) *Type {
	obj := t.Obj()
	name := obj.Name()
	if other, ok := renamed[name]; ok && obj.Pkg() == d.api {
		name = other
	}
	key := obj.Pkg().Path() + "." + obj.Name()
	if decl, ok := d.types[key]; ok {
		return decl
	}
	at := d.fset.Position(obj.Pos())
	about := d.docs[obj.Pkg().Name()+"."+obj.Name()].text
	decl := &Type{Name: name, order: fmt.Sprintf("%s %s %06d", obj.Pkg().Path(), filepath.Base(at.Filename), at.Line)}
	names := d.words()
	if st, ok := t.Underlying().(*types.Struct); ok {
		for i := range st.NumFields() {
			names[st.Field(i).Name()] = "`" + wireName(st, i) + "`"
		}
		for i := range t.TypeParams().Len() {
			decl.Params = append(decl.Params, t.TypeParams().At(i).Obj().Name())
		}
	}
	names[obj.Name()] = name // its own name wins over a member's
	decl.Doc = reword(about, names)
	d.types[key] = decl
	d.out.Types = append(d.out.Types, decl)
	return decl
}
