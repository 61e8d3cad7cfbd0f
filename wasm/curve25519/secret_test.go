package curve25519

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
	"testing"
)

//go:embed *.go
var sources embed.FS

// publicBranches are functions that secrets go through and that branch all the
// same, on something else.
var publicBranches = map[string]string{
	"addScaled":   "minus is always false for secrets, whose sign is in the selected sum",
	"doubleTimes": "the number of doublings",
}

// TestSecretsDoNotBranch is V-2, and reads the source: nothing that is called with a
// private key or nonce has an if, a switch, a goto and the like, && or ||. It
// goes by names, so it follows all methods of one name. Imported packages it
// does not see, and look-ups by secrets it cannot tell from others.
func TestSecretsDoNotBranch(t *testing.T) {
	declared := functions(t)
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, f := range declared[name] {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					visit(calledName(call))
				}
				if what := branch(n); what != "" && publicBranches[name] == "" {
					t.Errorf("%s has %s", name, what)
				}
				return true
			})
		}
	}
	visit("multiplyBase")
	visit("ladder")
	visit("clamp")
	for _, name := range []string{"selectMasked", "swap", "merge", "makeOdd", "digits", "column", "multiply", "square", "multiplySmall", "invert", "bytes"} {
		if !seen[name] || len(declared[name]) == 0 {
			t.Errorf("%s is not called with secrets: this test is blind", name)
		}
	}
	for _, name := range []string{"addColumns", "naf", "decode", "belowOrder", "multiplyOnce", "multiplyCombed"} {
		if seen[name] || len(declared[name]) == 0 {
			t.Errorf("%s, which is for public data, is called with secrets", name)
		}
	}
}

func functions(t *testing.T) map[string][]*ast.FuncDecl {
	t.Helper()
	declared := map[string][]*ast.FuncDecl{}
	names, err := fs.Glob(sources, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := sources.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				declared[f.Name.Name] = append(declared[f.Name.Name], f)
			}
		}
	}
	return declared
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// branch names the kind of branch that n is. A for is none: all count.
func branch(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IfStmt:
		return "an if"
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return "a switch"
	case *ast.BranchStmt:
		return "a " + n.Tok.String()
	case *ast.BinaryExpr:
		if n.Op == token.LAND || n.Op == token.LOR {
			return n.Op.String()
		}
	}
	return ""
}
