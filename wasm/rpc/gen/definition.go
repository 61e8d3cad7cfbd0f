package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Definition is the whole API as every output needs it.
type Definition struct {
	Topics []Topic
	// Types are declared in TypeScript: each once, generic where Go's is.
	Types []*Type
	// Objects get Go codecs: one for each instance of a generic struct.
	Objects []*Object
}

// Topic is one of the interfaces that Client embeds.
type Topic struct {
	Name, Doc string
	Calls     []Call
}

// Call is one method. Params and Result are nil where there is none.
type Call struct {
	Go, Wire, Doc  string
	Params, Result *Ref
	Stream         bool
	// Ordered calls of one name run one after the other. One that is Once is not
	// sent to a second core when the first died with it.
	Ordered, Once bool
}

// Kind is how a type travels.
type Kind int

const (
	Text Kind = iota
	// Choice is a string out of a fixed set.
	Choice
	Int
	Float
	Bool
	// Raw is any JSON.
	Raw
	List
	Pointer
	Struct
	// Param is a type parameter; it occurs in a Type, never in an Object.
	Param
)

// Ref is a type where it is used.
type Ref struct {
	Kind Kind
	// Go and TS are the type's name in package rpc and in TypeScript.
	Go, TS string
	// Elem is what a List or Pointer holds.
	Elem *Ref
	// Object is a Struct's, Values are a Choice's.
	Object *Object
	Values []Value
}

// Object is a struct without open type parameters.
type Object struct {
	Go, Codec string
	Type      *Type
	Fields    []Field
	// Read and Written say whether it occurs in params and in results.
	Read, Written bool
}

// Field is a member of a struct.
type Field struct {
	Go, Wire, Doc string
	Optional      bool
	Ref           *Ref
}

// Type is a declaration.
type Type struct {
	Name, Doc string
	Params    []string
	Fields    []Field
	Values    []Value
	// Read says that it occurs in params.
	Read bool
	// order sorts declarations as they stand in the source.
	order string
}

// IsStruct tells a struct from a named string.
func (t *Type) IsStruct() bool { return t.Fields != nil }

// Value is one of a Choice's strings.
type Value struct{ Text, Doc, Group string }

// calls yields all calls in order.
func (d *Definition) calls() []Call {
	var all []Call
	for _, t := range d.Topics {
		all = append(all, t.Calls...)
	}
	return all
}

// framing changes when the frames themselves do.
const framing = "frames 1"

// Hash is the first 16 hex digits of the SHA-256 of the definition without its
// docs: two sides with the same hash understand each other.
func (d *Definition) Hash() string {
	var b strings.Builder
	fmt.Fprintln(&b, framing)
	for _, c := range d.calls() {
		fmt.Fprintln(&b, "call", c.Wire, c.Params.name(), c.Result.name(), c.Stream)
	}
	for _, t := range d.Types {
		fmt.Fprintln(&b, "type", t.Name, t.Params)
		for _, f := range t.Fields {
			fmt.Fprintln(&b, f.Wire, f.Ref.name(), f.Optional)
		}
		for _, v := range t.Values {
			fmt.Fprintln(&b, v.Text)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

func (r *Ref) name() string {
	switch {
	case r == nil:
		return "void"
	case r.Kind == Pointer:
		return "*" + r.Elem.name()
	case r.Kind == Int:
		return "int"
	}
	return r.TS
}

// mark notes that a ref occurs in params (read) or in results.
func (r *Ref) mark(read bool) {
	if r == nil {
		return
	}
	r.Elem.mark(read)
	if r.Object == nil || read && r.Object.Read || !read && r.Object.Written {
		return
	}
	if read {
		r.Object.Read, r.Object.Type.Read = true, true
	} else {
		r.Object.Written = true
	}
	for _, f := range r.Object.Fields {
		f.Ref.mark(read)
	}
}
