// Package wasm_test holds the shape of the house: which package may import
// which, who may touch the browser, and what the core's program may not link.
package wasm_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/alcove-chat/alcove/"

// floors is the order of the house, lowest first. A package imports only from
// lines above its own; nothing imports a program.
var floors = []string{
	/* bytes     */ "storage wasm/glob wasm/order wasm/scan wasm/trace wasm/gateway wasm/curve25519 wasm/recovery wasm/unpadded wasm/aesctr wasm/aessha2 wasm/protobuf wasm/passphrase",
	/* backends  */ "storage/mem storage/idb wasm/seal wasm/event wasm/signature wasm/megolm wasm/olm wasm/secretstorage wasm/attachment wasm/keyexport",
	/* contract  */ "storage/storagetest wasm/api wasm/backup wasm/verification wasm/space",
	/* ground    */ "wasm/rpc wasm/view wasm/table wasm/homeserver",
	/* pure      */ "wasm/history wasm/summary wasm/unread wasm/relation wasm/push wasm/e2ee wasm/media wasm/call",
	/* one truth */ "wasm/ledger",
	/* movers    */ "wasm/syncer wasm/outbox wasm/courier wasm/timeline wasm/roomlist wasm/hierarchy",
	/* whole     */ "wasm/client",
	/* programs  */ "wasm/worker wasm/edge wasm/demo",
}

// side packages stand beside the floors: tools, tests and the sandbox. The core
// never imports them.
var side = []string{"wasm/sandbox", "wasm/rpc/gen", "build/"}

// browser may import syscall/js or safejs; homeserver only in its fetch
// transport, which TestLayers cannot tell apart, so reviewers must.
var browser = map[string]bool{
	"storage/idb": true, "wasm/homeserver": true,
	"wasm/worker": true, "wasm/edge": true, "wasm/demo": true,
}

// unlinked are packages that cost the core's program too many bytes or too
// much start-up time to be linked, each with all below it.
var unlinked = []string{
	"net/http", "crypto/tls", "crypto/x509", "crypto/ecdh", "golang.org/x/net", "github.com/rs/zerolog", "log/slog",
	"database/sql", "text/template", "html/template", "github.com/yuin/goldmark", "github.com/microcosm-cc/bluemonday",
	"github.com/tidwall/sjson",
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestLayers(t *testing.T) {
	floor := map[string]int{}
	for i, line := range floors {
		for _, p := range strings.Fields(line) {
			floor[p] = i + 1
		}
	}
	for _, target := range []string{"linux/amd64", "js/wasm"} {
		for _, p := range list(t, target, module+"...") {
			self, ok := strings.CutPrefix(p.ImportPath, module)
			if !ok || self == "wasm" || isSide(self) {
				continue
			}
			if floor[self] == 0 {
				t.Errorf("%s has no floor", self)
			}
			for _, imp := range p.Imports {
				checkImport(t, floor, self, imp)
			}
		}
	}
}

func checkImport(t *testing.T, floor map[string]int, self, imp string) {
	t.Helper()
	if (imp == "syscall/js" || imp == "github.com/hack-pad/safejs") && !browser[self] {
		t.Errorf("%s imports %s: the browser lives at the rim", self, imp)
	}
	to, ok := strings.CutPrefix(imp, module)
	if ok && (isSide(to) || floor[to] >= floor[self]) {
		t.Errorf("%s imports %s, which is not below it", self, to)
	}
}

func TestCoreLinksNothingHeavy(t *testing.T) {
	if _, err := os.Stat("worker"); err != nil {
		t.Skip("no core yet")
	}
	for _, p := range list(t, "js/wasm", "-deps", module+"wasm/worker") {
		for _, heavy := range unlinked {
			if p.ImportPath == heavy || strings.HasPrefix(p.ImportPath, heavy+"/") {
				t.Errorf("the core links %s", p.ImportPath)
			}
		}
	}
}

func isSide(pkg string) bool {
	for _, s := range side {
		if pkg == s || strings.HasPrefix(pkg, s) {
			return true
		}
	}
	return false
}

func list(t *testing.T, target string, args ...string) []goPackage {
	t.Helper()
	goos, goarch, _ := strings.Cut(target, "/")
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Imports"}, args...)...)
	cmd.Env = append(cmd.Environ(), "GOOS="+goos, "GOARCH="+goarch)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
