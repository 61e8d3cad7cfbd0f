package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// docs holds doc comments by "pkg.Type", "pkg.Type.Member" or "pkg.Const".
type docs map[string]doc

// doc is the text of a comment, the directives it carries and, for a constant,
// the heading of its group.
type doc struct {
	text, group   string
	ordered, once bool
}

const (
	orderedMark = "//rpc:ordered"
	onceMark    = "//rpc:once"
)

func (d docs) add(pkg string, files []*ast.File) {
	for _, f := range files {
		for _, decl := range f.Decls {
			if g, ok := decl.(*ast.GenDecl); ok {
				d.addDecl(pkg, g)
			}
		}
	}
}

func (d docs) addDecl(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			own := s.Doc
			if own == nil && !g.Lparen.IsValid() {
				own = g.Doc
			}
			d.put(pkg+"."+s.Name.Name, own, nil, "")
			d.addMembers(pkg+"."+s.Name.Name, s.Type)
		case *ast.ValueSpec:
			for _, name := range s.Names {
				d.put(pkg+"."+name.Name, s.Doc, s.Comment, strings.TrimSpace(g.Doc.Text()))
			}
		}
	}
}

func (d docs) addMembers(owner string, t ast.Expr) {
	var list *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, name := range f.Names {
			d.put(owner+"."+name.Name, f.Doc, f.Comment, "")
		}
	}
}

func (d docs) put(name string, above, beside *ast.CommentGroup, group string) {
	text := above.Text()
	if text == "" {
		text = beside.Text()
	}
	entry := doc{text: strings.TrimSpace(text), group: group}
	if above != nil {
		for _, line := range above.List {
			entry.ordered = entry.ordered || line.Text == orderedMark
			entry.once = entry.once || line.Text == onceMark
		}
	}
	d[name] = entry
}

// reword puts the names that a JavaScript developer sees into a Go comment.
func reword(text string, names map[string]string) string {
	var out strings.Builder
	for len(text) > 0 {
		n := wordLen(text)
		if n == 0 {
			out.WriteByte(text[0])
			text = text[1:]
			continue
		}
		word := text[:n]
		if other, ok := names[word]; ok {
			word = other
		}
		out.WriteString(word)
		text = text[n:]
	}
	return out.String()
}

func wordLen(s string) int {
	return len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool {
		return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}))
}

// words are Go names with what JavaScript calls them: the methods whose names
// cannot be mistaken for English or for a type.
func (d *definer) words() map[string]string {
	names := map[string]string{}
	client := d.api.Scope().Lookup("Client").Type().Underlying().(*types.Interface)
	for i := range client.NumMethods() {
		name := client.Method(i).Name()
		if strings.ToLower(name[1:]) != name[1:] && d.api.Scope().Lookup(name) == nil {
			names[name] = "`" + lowerFirst(name) + "`"
		}
	}
	return names
}

// callNames are the words in a call's doc that have another name in JavaScript:
// methods, and the members of its params.
func (d *definer) callNames(c Call) map[string]string {
	names := d.words()
	names[c.Go] = "`" + c.Wire + "`"
	if c.Params != nil {
		for _, f := range c.Params.Object.Fields {
			names[f.Go] = "`" + f.Wire + "`"
		}
	}
	return names
}

// valueWords are the words in the docs of constants: other constants of the
// type, and members of any struct.
func (d *definer) valueWords(constants []*types.Const) map[string]string {
	names := d.words()
	for _, typeName := range d.api.Scope().Names() {
		st, ok := d.api.Scope().Lookup(typeName).Type().Underlying().(*types.Struct)
		for i := 0; ok && i < st.NumFields(); i++ {
			names[st.Field(i).Name()] = "`" + wireName(st, i) + "`"
		}
	}
	for _, c := range constants {
		names[c.Name()] = c.Val().ExactString()
	}
	return names
}

// valueDoc drops the constant's own name from the front, which no page ever
// sees. The first word left is English even where a member has that name.
func valueDoc(text, name string, names map[string]string) string {
	if rest, ok := strings.CutPrefix(text, name+": "); ok {
		n := wordLen(rest)
		return strings.ToUpper(rest[:1]) + rest[1:n] + reword(rest[n:], names)
	}
	return reword(text, names)
}
