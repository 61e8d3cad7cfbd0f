package main

import (
	"fmt"
	"go/types"
	"path/filepath"
	"sort"
	"strings"
)

const (
	module    = "github.com/alcove-chat/alcove/wasm/"
	eventPath = module + "event"
	scanPath  = module + "scan"
)

// definer works a Definition out of a checked package.
type definer struct {
	*world
	out     *Definition
	objects map[string]*Object
	types   map[string]*Type
}

func (w *world) define() (*Definition, error) {
	client, ok := w.api.Scope().Lookup("Client").(*types.TypeName)
	if !ok {
		return nil, fmt.Errorf("%s: no type Client", w.api.Path())
	}
	iface, ok := client.Type().Underlying().(*types.Interface)
	if !ok {
		return nil, w.fail(client, "must be an interface")
	}
	d := &definer{world: w, out: &Definition{}, objects: map[string]*Object{}, types: map[string]*Type{}}
	if err := d.topics(client, iface); err != nil {
		return nil, err
	}
	if err := d.errors(); err != nil {
		return nil, err
	}
	sort.Slice(d.out.Types, func(i, j int) bool { return d.out.Types[i].order < d.out.Types[j].order })
	return d.out, d.unique()
}

// fail is an error that names what it is about and where that stands.
func (w *world) fail(about types.Object, format string, args ...any) error {
	at := w.fset.Position(about.Pos())
	return fmt.Errorf("%s:%d: %s: %s", filepath.Base(at.Filename), at.Line, about.Name(), fmt.Sprintf(format, args...))
}

func (d *definer) topics(client types.Object, iface *types.Interface) error {
	if iface.NumExplicitMethods() > 0 {
		return d.fail(client, "must only embed topics, but has methods of its own")
	}
	for i := range iface.NumEmbeddeds() {
		named, ok := iface.EmbeddedType(i).(*types.Named)
		if !ok || named.Obj().Pkg() != d.api {
			return d.fail(client, "embeds %s, which is no topic of this package", iface.EmbeddedType(i))
		}
		t := Topic{Name: named.Obj().Name(), Doc: d.docs["api."+named.Obj().Name()].text}
		if err := d.calls(&t, named); err != nil {
			return err
		}
		d.out.Topics = append(d.out.Topics, t)
	}
	return nil
}

func (d *definer) calls(t *Topic, topic *types.Named) error {
	iface, ok := topic.Underlying().(*types.Interface)
	if !ok || iface.NumEmbeddeds() > 0 {
		return d.fail(topic.Obj(), "must be an interface that embeds no other")
	}
	methods := make([]*types.Func, iface.NumExplicitMethods())
	for i := range methods {
		methods[i] = iface.ExplicitMethod(i)
	}
	sort.Slice(methods, func(i, j int) bool { return methods[i].Pos() < methods[j].Pos() })
	for _, m := range methods {
		c, err := d.call(m)
		if err != nil {
			return err
		}
		about := d.docs["api."+t.Name+"."+m.Name()]
		c.Ordered, c.Once = about.ordered, about.once
		if c.Once && c.Stream {
			return d.fail(m, "a stream is opened anew with every core, so it cannot be once")
		}
		c.Doc = reword(about.text, d.callNames(c))
		t.Calls = append(t.Calls, c)
	}
	return nil
}

func (d *definer) call(m *types.Func) (Call, error) {
	c := Call{Go: m.Name(), Wire: lowerFirst(m.Name())}
	if !m.Exported() {
		return c, d.fail(m, "must be exported")
	}
	sig := m.Signature()
	in, out := sig.Params(), sig.Results()
	if in.Len() < 1 || in.Len() > 2 || in.At(0).Type().String() != "context.Context" || sig.Variadic() {
		return c, d.fail(m, "must take a context and at most one struct")
	}
	if out.Len() < 1 || out.Len() > 2 || out.At(out.Len()-1).Type().String() != "error" {
		return c, d.fail(m, "must return at most one result, and an error")
	}
	var err error
	if in.Len() == 2 {
		if c.Params, err = d.structRef(m, in.At(1).Type()); err != nil {
			return c, err
		}
		c.Params.mark(true)
	}
	if out.Len() == 2 {
		result := out.At(0).Type()
		result, c.Stream = d.streamed(result)
		if c.Result, err = d.structRef(m, result); err != nil {
			return c, err
		}
		c.Result.mark(false)
	}
	return c, nil
}

// streamed unwraps Stream[T].
func (d *definer) streamed(t types.Type) (types.Type, bool) {
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() == d.api && n.Obj().Name() == "Stream" && n.TypeArgs().Len() == 1 {
		return n.TypeArgs().At(0), true
	}
	return t, false
}

func (d *definer) structRef(about types.Object, t types.Type) (*Ref, error) {
	r, err := d.ref(about, t)
	if err == nil && r.Kind != Struct {
		err = d.fail(about, "%s is no struct", t)
	}
	return r, err
}

// errors adds Error, which crosses though no call names it.
func (d *definer) errors() error {
	obj := d.api.Scope().Lookup("Error")
	if obj == nil {
		return fmt.Errorf("%s: no type Error", d.api.Path())
	}
	r, err := d.structRef(obj, obj.Type())
	r.mark(false)
	return err
}

// unique refuses a TypeScript name, a wire name or a codec that would occur
// twice.
func (d *definer) unique() error {
	seen := map[string]string{}
	claim := func(name, by string) error {
		if other, ok := seen[name]; ok {
			return fmt.Errorf("the name %s repeats: %s and %s", name, other, by)
		}
		seen[name] = by
		return nil
	}
	for _, name := range reserved {
		seen[name] = "the generated file itself"
	}
	for _, t := range d.out.Types {
		if err := claim(t.Name, "type "+t.Name); err != nil {
			return err
		}
	}
	for _, o := range d.out.Objects {
		if err := claim("codec "+o.Codec, o.Go); err != nil {
			return err
		}
	}
	for _, c := range d.out.calls() {
		if err := claim("call "+c.Wire, "method "+c.Go); err != nil {
			return err
		}
	}
	return nil
}

// lowerFirst makes a wire name of a Go name.
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
