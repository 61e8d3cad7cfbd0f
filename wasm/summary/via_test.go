package summary_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// members makes members of a text: "@a:x @b:y=invite".
func members(text string) map[event.UserID]scan.Value {
	all := map[event.UserID]scan.Value{}
	for _, one := range strings.Fields(text) {
		user, membership, ok := strings.Cut(one, "=")
		if !ok {
			membership = "join"
		}
		all[event.UserID(user)] = scan.Value(`{"membership":"` + membership + `"}`)
	}
	return all
}

func content(text string) scan.Value {
	if text == "" {
		return nil
	}
	return scan.Value(`{"sender":"@creator:made.org","content":` + text + `}`)
}

// TestViaOfLinks follows FEATURES A.4 and D-24 (spec: appendices, routing).
func TestViaOfLinks(t *testing.T) {
	const crowd = "@a:big @b:big @c:big @d:mid @e:mid @f:small @g:tiny"
	for what, c := range map[string]struct {
		version, create, levels, acl, members string
		want                                  string
	}{
		"the most members, then by name":           {members: crowd, want: "big mid small"},
		"the server of who has the most power":     {levels: `{"users":{"@g:tiny":50,"@d:mid":49}}`, members: crowd, want: "tiny big mid"},
		"who has less than 50 leads nobody":        {levels: `{"users":{"@g:tiny":49}}`, members: crowd, want: "big mid small"},
		"once, also where it has most members":     {levels: `{"users":{"@a:big":100}}`, members: crowd, want: "big mid small"},
		"of equal power the larger":                {levels: `{"users_default":50}`, members: crowd, want: "big mid small"},
		"who left does not count":                  {levels: `{"users":{"@x:gone":100}}`, members: "@x:gone=leave @y:out=ban @z:asked=invite @k:knocks=knock @a:b", want: "b"},
		"creators are above all levels":            {version: "12", create: `{"room_version":"12"}`, levels: `{"users":{"@a:big":100}}`, members: crowd + " @creator:made.org", want: "made.org big mid"},
		"nobody known: the creator's":              {version: "12", create: `{"room_version":"12"}`, want: "made.org"},
		"nobody known, and no creator":             {},
		"the creator is of no use":                 {create: `{}`, acl: `{"allow":["*"],"deny":["made.*"]}`},
		"addresses are no names":                   {levels: `{"users":{"@a:1.2.3.4":100}}`, members: "@a:1.2.3.4 @b:[::1] @c:1.2.3.4:8448 @d:127.1 @e:x:8448", want: "x:8448"},
		"hostile names":                            {members: "@a @a: a:nosigil @b:x/y @c:x?y @d:x#y @e:<b> @f:a@b @g:x:y:z @h:-x @i:ok.org", want: "ok.org"},
		"barred by name":                           {levels: `{"users":{"@a:big":100}}`, acl: `{"allow":["*"],"deny":["BIG"]}`, members: crowd, want: "mid small tiny"},
		"barred by pattern":                        {acl: `{"allow":["*"],"deny":["*i?","s*l"]}`, members: crowd, want: "tiny"},
		"only who is allowed":                      {acl: `{"allow":["mid","*.org"]}`, members: crowd + " @x:a.b.org", want: "mid a.b.org"},
		"nobody is allowed":                        {acl: `{"deny":[]}`, members: crowd},
		"an ACL of nonsense":                       {acl: `{"allow":"*","deny":7,"allow_ip_literals":"no"}`, members: crowd},
		"some nonsense in an ACL":                  {acl: `{"allow":[null,["*"],{"a":"*"},"mid"],"deny":[4]}`, members: crowd, want: "mid"},
		"a port does not escape":                   {acl: `{"allow":["*"],"deny":["big"]}`, members: "@a:big:8448 @b:mid:1", want: "mid:1"},
		"a pattern is for the whole name":          {acl: `{"allow":["*"],"deny":["i","ig","bi"]}`, members: "@a:big", want: "big"},
		"the leader is barred, the second is not":  {levels: `{"users":{"@a:big":100,"@g:tiny":90}}`, acl: `{"allow":["*"],"deny":["big"]}`, members: crowd, want: "tiny mid small"},
		"levels as text count in old rooms (7-22)": {version: "9", levels: `{"users":{"@g:tiny":"60"}}`, members: crowd, want: "tiny big mid"},
	} {
		power := summary.NewPower(c.version, content(c.create), content(c.levels))
		got := summary.Via(power, content(c.create), content(c.acl), members(c.members))
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %v, want %s", what, got, c.want)
		}
	}
}

// TestGate: no link names an address, yet the gate knows of them.
func TestGate(t *testing.T) {
	const open = `"allow":["*"],"deny":[]`
	for acl, want := range map[string]bool{
		"": true, `{` + open + `}`: true, `{"allow_ip_literals":false,` + open + `}`: false, `{"allow_ip_literals":true,` + open + `}`: true,
		`{"allow_ip_literals":0,` + open + `}`: true, `{"allow":["1.2.*"]}`: true, `{"allow":["*"],"deny":["1.2.3.?"]}`: false,
	} {
		if got := summary.NewGate(content(acl)).Permits("1.2.3.4:8448"); got != want {
			t.Errorf("%s: %v", acl, got)
		}
	}
}

// TestViaOfAnyRoom: whatever a room holds, a link to it names distinct servers of
// its members, none barred, none an address, and the same ones each time.
func TestViaOfAnyRoom(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 46))
	servers := []string{"a", "b.org", "c.org:8448", "d.c.org", "1.2.3.4", "[::1]", "x/y", "", "e..f", "A.B"}
	globs := []string{"*", "*.org", "?", "a*b", "b.org", "**", "", "*c*", "[::1]"}
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	for run := range 5_000 {
		list, users := map[event.UserID]scan.Value{}, []string{}
		for range random.IntN(20) {
			user := fmt.Sprintf("@u%d:%s", random.IntN(50), pick(servers))
			list[event.UserID(user)] = scan.Value(`{"membership":"` + pick([]string{"join", "join", "join", "leave", "ban"}) + `"}`)
			users = append(users, user)
		}
		acl := map[string]any{"allow": []string{pick(globs), pick(globs)}, "deny": []string{pick(globs)}}
		if random.IntN(2) == 0 {
			acl["deny"] = []string{}
		}
		levels := map[string]int{}
		for _, user := range users {
			levels[user] = random.IntN(101)
		}
		rules, _ := json.Marshal(acl)
		powers, _ := json.Marshal(map[string]any{"users": levels})
		aclEvent, create := content(string(rules)), content(`{}`)
		power := summary.NewPower("11", create, content(string(powers)))
		via := summary.Via(power, create, aclEvent, list)
		where := fmt.Sprintf("run %d: %v of %s with %s, %s", run, via, list, rules, powers)
		if len(via) > 3 || !slices.Equal(via, summary.Via(power, create, aclEvent, list)) {
			t.Fatal(where)
		}
		for i, server := range via {
			host, _ := event.SplitPort(server)
			joined := slices.ContainsFunc(users, func(u string) bool {
				return event.UserID(u).Server() == server && event.ReadMembership(list[event.UserID(u)]) == event.Join
			}) || server == "made.org"
			if !joined || !event.IsServer(server) || event.IsAddress(host) || !summary.NewGate(aclEvent).Permits(server) || slices.Contains(via[:i], server) {
				t.Fatal(where)
			}
		}
	}
}

// TestViaOfHostileACL: an ACL as large as an event may be does not hold anybody up.
func TestViaOfHostileACL(t *testing.T) {
	list := map[event.UserID]scan.Value{}
	for i := range 2_000 {
		list[event.UserID(fmt.Sprintf("@u:%s%d", strings.Repeat("a", 200), i))] = scan.Value(`{"membership":"join"}`)
	}
	deny := strings.Repeat(`"*a*a*a*b",`, 5_000) + `"*"`
	if via := summary.Via(summary.NewPower("11", nil, nil), nil, content(`{"allow":["*"],"deny":[`+deny+`]}`), list); len(via) != 0 {
		t.Error(via)
	}
}
