// Package stored keeps databases as earlier versions of the core left them,
// for the tests of all later ones: one account with everything in it that a
// database can hold, played through the whole core against a scripted server.
//
// Its law: a fixture is added with every change of a stored form, and none is
// ever made anew: what a version wrote is what the browsers out there have.
// The account may grow with what the core learns to store.
//
//	go test ./build/stored -run TestMake -make 03-what-changed
package stored

import (
	"embed"
	"strings"

	"github.com/alcove-chat/alcove/storage/storagetest"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/seal"
)

//go:embed testdata
var files embed.FS

// Names lists the fixtures, oldest first.
func Names() []string {
	entries, err := files.ReadDir("testdata")
	if err != nil {
		panic(err) // they are part of this program
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".dump"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Fixture returns a database, and what the core that wrote it showed of it.
func Fixture(name string) (d storagetest.Dump, shows string, err error) {
	dump, err := files.ReadFile("testdata/" + name + ".dump")
	if err != nil {
		return d, "", err
	}
	text, err := files.ReadFile("testdata/" + name + ".shows")
	if err != nil {
		return d, "", err
	}
	d, err = storagetest.DecodeDump(dump)
	return d, string(text), err
}

// What tests look for on a disk.
const (
	// Token is the access token.
	Token = "fixture-token-5c1d7f"
	// Unsent is a message that no server has.
	Unsent = "only the outbox knows this"
	// Latest is the newest message of a room, as the room list shows it.
	Latest = "the last word"
)

// Keys are what every fixture is sealed with.
var Keys = seal.Keys{Data: [seal.KeySize]byte{1}, View: [seal.KeySize]byte{2}}

const (
	user = "@ada:example.org"
	// now is the time at which all of it happens.
	now = 1_790_000_000_000

	kitchen event.RoomID = "!kitchen:example.org"
	library event.RoomID = "!library:example.org"
	hall    event.RoomID = "!hall:example.org"
)
