package main

import (
	"fmt"
	"strconv"
)

// writeReaders writes a decoder for each struct that occurs in params.
func writeReaders(d *Definition) ([]byte, error) {
	var s source
	for _, o := range d.Objects {
		if !o.Read {
			continue
		}
		s.line("func read%s(r *reader, v scan.Value) (p %s) {", o.Codec, o.Go)
		s.line("for name, m := range r.members(v) {\nswitch name {")
		for _, f := range o.Fields {
			s.line("case %q:\np.%s = %s", f.Wire, f.Go, readExpr(f.Ref, "m"))
		}
		s.line("}\n}\nreturn p\n}\n")
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
		s.line("func append%s(b []byte, v *%s) []byte {\nstart := len(b)", o.Codec, o.Go)
		for _, f := range o.Fields {
			member := fmt.Sprintf("b = %s", appendExpr(f.Ref, fmt.Sprintf("append(b, `,%q:`...)", f.Wire), "v."+f.Go))
			if f.Optional {
				member = fmt.Sprintf("if %s {\n%s\n}", present(f.Ref, "v."+f.Go), member)
			}
			s.line("%s", member)
		}
		s.line("return closeObject(b, start)\n}\n")
	}
	return s.done()
}

// present is the condition under which encoding/json keeps an omitempty member.
func present(r *Ref, v string) string {
	switch r.Kind {
	case Text, Choice:
		return v + ` != ""`
	case Int, Float:
		return v + " != 0"
	case Bool:
		return v
	case Pointer:
		return v + " != nil"
	}
	return "len(" + v + ") > 0"
}

func appendExpr(r *Ref, b, v string) string {
	switch r.Kind {
	case Text, Choice:
		return fmt.Sprintf("scan.AppendText(%s, %s)", b, convert("string", r.Go, v))
	case Int:
		return fmt.Sprintf("strconv.AppendInt(%s, %s, 10)", b, convert("int64", r.Go, v))
	case Float:
		return fmt.Sprintf("appendFloat(%s, %s)", b, v)
	case Bool:
		return fmt.Sprintf("strconv.AppendBool(%s, %s)", b, v)
	case Raw:
		return fmt.Sprintf("appendRaw(%s, %s)", b, v)
	case List:
		return fmt.Sprintf("appendList(%s, %s, %s)", b, v, appendFunc(r.Elem))
	case Pointer:
		return fmt.Sprintf("appendPointer(%s, %s, %s)", b, v, appendFunc(r.Elem))
	}
	return fmt.Sprintf("append%s(%s, &%s)", r.Object.Codec, b, v)
}

func appendFunc(r *Ref) string {
	if r.Kind == Struct {
		return "append" + r.Object.Codec
	}
	return fmt.Sprintf("func(b []byte, v *%s) []byte { return %s }", r.Go, appendExpr(r, "b", "*v"))
}
