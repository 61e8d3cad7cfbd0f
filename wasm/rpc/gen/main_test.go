package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const apiDir = "../../api"

// What is committed is what the definition gives.
func TestNoDrift(t *testing.T) {
	d, err := read(apiDir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := read(apiDir)
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range outputs {
		want, err := write(d)
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := write(again); !bytes.Equal(want, second) {
			t.Errorf("%s differs from one run to the next", name)
		}
		got, err := os.ReadFile(filepath.Join(apiDir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the API defines (%v): run `make generate`", filepath.Base(name), err)
		}
	}
}

const head = `package api

import (
	"context"
	"io"
	"time"
)

var (
	_ io.Reader
	_ time.Time
)

type Client interface{ Topic }
type Stream[T any] interface {
	Next(context.Context) (T, error)
	Close()
}
type Error struct {
	Message string "json:\"message\""
}
`

// inspect defines an API out of source that follows head.
func inspect(t *testing.T, source string) (*Definition, error) {
	t.Helper()
	w, err := load(apiDir) // for its dependencies
	if err != nil {
		t.Fatal(err)
	}
	w.fset, w.docs = token.NewFileSet(), docs{}
	f, err := parser.ParseFile(w.fset, "bad.go", head+source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.check("api", []*ast.File{f}); err != nil {
		t.Fatal(err)
	}
	return w.define()
}

// taking is an API with one call, whose params have one member.
func taking(member string) string {
	return "type Topic interface { Do(ctx context.Context, p P) error }\ntype P struct { " + member + " }\n"
}

// What cannot cross is refused, with its place and its name.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"foreign type":     {taking("At time.Time `json:\"at\"`"), "bad.go:23: At: time.Time crosses, but package api does not own it"},
		"no json tag":      {taking("At int"), "At: P.At has no json tag"},
		"ignored member":   {taking("At int `json:\"-\"`"), "At: P.At has no json tag"},
		"json option":      {taking("At int `json:\"at,string\"`"), `json option "string"`},
		"repeated member":  {taking("A, B int `json:\"a\"`"), `B: the name "a" repeats in P`},
		"private member":   {taking("at int `json:\"at\"`"), "named, exported members only"},
		"embedded struct":  {taking("Q") + "type Q struct{}", "named, exported members only"},
		"map":              {taking("M map[string]int `json:\"m\"`"), "M: map[string]int cannot cross"},
		"any":              {taking("M any `json:\"m\"`"), "M: any cannot cross"},
		"interface":        {taking("M io.Reader `json:\"m\"`"), "M: io.Reader crosses"},
		"error":            {taking("M error `json:\"m\"`"), "M: error crosses"},
		"function":         {taking("M func() `json:\"m\"`"), "M: func() cannot cross"},
		"small integer":    {taking("M uint8 `json:\"m\"`"), "M: uint8 cannot cross"},
		"named integer":    {taking("M N `json:\"m\"`") + "type N int", "only strings may have names"},
		"nested list":      {taking("M [][]int `json:\"m\"`"), "must not hold another"},
		"optional struct":  {taking("M Q `json:\"m,omitempty\"`") + "type Q struct{}", "use a pointer"},
		"params no struct": {`type Topic interface { Do(ctx context.Context, p string) error }`, "bad.go:22: Do: string is no struct"},
		"result no struct": {`type Topic interface { Do(ctx context.Context) (int, error) }`, "int is no struct"},
		"pointer result":   {`type Topic interface { Do(ctx context.Context) (*Error, error) }`, "is no struct"},
		"stream of text":   {`type Topic interface { Do(ctx context.Context) (Stream[string], error) }`, "string is no struct"},
		"no context":       {`type Topic interface { Do() error }`, "must take a context"},
		"two params":       {`type Topic interface { Do(ctx context.Context, a, b Error) error }`, "at most one struct"},
		"no error":         {`type Topic interface { Do(ctx context.Context) }`, "and an error"},
		"private call":     {`type Topic interface { do(ctx context.Context) error }`, "do: must be exported"},
		"stream once":      {"type Topic interface {\n//rpc:once\nDo(ctx context.Context) (Stream[Error], error) }", "Do: a stream is opened anew"},
		"foreign topic":    {`type Topic interface { io.Closer }`, "Topic: must be an interface that embeds no other"},
		"no topic":         {`type Topic = io.Closer`, "Client: embeds api.Topic, which is no topic"},
		"name of ours":     {`type Topic interface { Do(ctx context.Context, p Port) error }; type Port struct{}`, "the name Port repeats"},
		"renamed twice":    {`type Topic interface { Do(ctx context.Context, p ErrorInfo) error }; type ErrorInfo struct{}`, "the name ErrorInfo repeats"},
		"same codec": {`type Topic interface { Do(ctx context.Context) (BoxA, error); Be(ctx context.Context) (Box[A], error) }
			type A struct{}; type BoxA struct{}; type Box[T any] struct{ V T "json:\"v\"" }`, "the name codec BoxA repeats"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := inspect(t, c.source); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// The hash changes with what crosses, and not with words.
func TestHash(t *testing.T) {
	hash := func(source string) string {
		d, err := inspect(t, source)
		if err != nil {
			t.Fatal(err)
		}
		return d.Hash()
	}
	base := taking("At int `json:\"at\"`")
	if hash("// Topic is documented.\n"+base) != hash(base) {
		t.Error("a comment changed the hash")
	}
	seen := map[string]string{}
	for _, source := range []string{
		base, taking("At int `json:\"at,omitempty\"`"), taking("At float64 `json:\"at\"`"), taking("At int `json:\"when\"`"),
		taking("At *int `json:\"at\"`"), taking("At []int `json:\"at\"`"), taking("At K `json:\"at\"`") + "type K string",
		taking("At K `json:\"at\"`") + "type K string; const A K = `a`", taking("At K `json:\"at\"`") + "type K string; const A K = `b`",
		strings.Replace(base, "Do(", "Done(", 1), strings.Replace(base, "error", "(P, error)", 1),
		strings.Replace(base, "error", "(Stream[P], error)", 1),
	} {
		if other, ok := seen[hash(source)]; ok {
			t.Errorf("same hash:\n%s\n%s", source, other)
		}
		seen[hash(source)] = source
	}
}

// Comments reach JavaScript in its own words. ' stands for a backtick here.
func TestDocs(t *testing.T) {
	d, err := inspect(t, ticks(documented))
	if err != nil {
		t.Fatal(err)
	}
	ts, _ := writeTypeScript(d)
	page, _ := writePage(d)
	for _, want := range []string{
		"  /** 'doIt' does it to 'userName', see P and 'doIt'. */\n  doIt(params: P, options?: CallOptions): Promise<void>;",
		"  /** 'userName' is not Error; 'doIt' needs it. */\n  readonly userName: string;",
		"  /** 'mood' *\\/ of 'userName'. */\n  readonly mood?: Mood | undefined;",
		`export const ONCE: ReadonlySet<string> = new Set("doIt".split(" "));`,
		"  /** Better than \"bad\" for 'userName'. */\n  | \"fine\"\n  /** \"bad\" is bad. */\n  | \"bad\";",
	} {
		if !strings.Contains(string(ts), ticks(want)) {
			t.Errorf("no\n%s\nin\n%s", want, ts)
		}
	}
	for _, want := range []string{"Calls of this name run one after the other.", "It ends with `core.died`", "Good ones.\n\n| value | |"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

func ticks(s string) string { return strings.ReplaceAll(s, "'", "`") }

const documented = `
// Topic has calls.
type Topic interface {
	// DoIt does it to UserName, see P and DoIt.
	//
	//rpc:ordered
	//rpc:once
	DoIt(ctx context.Context, p P) error
}

// P says what.
type P struct {
	// UserName is not Error; DoIt needs it.
	UserName string 'json:"userName"'
	Mood     Mood   'json:"mood,omitempty"' // Mood */ of UserName.
}

// Mood is either.
type Mood string

// Good ones.
const (
	// Fine: better than MoodBad for UserName.
	Fine Mood = "fine"
	// MoodBad is bad.
	MoodBad Mood = "bad"
)
`
