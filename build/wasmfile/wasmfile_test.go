package wasmfile

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestDataSectionFillsTheSameMemory(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		memory := make([]byte, random.IntN(1<<18))
		for n := random.IntN(30); n > 0 && len(memory) > 0; n-- {
			from := random.IntN(len(memory))
			for i := from; i < min(len(memory), from+random.IntN(200)); i++ {
				memory[i] = byte(random.IntN(3))
			}
		}
		got, err := Memory(DataSection(memory))
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.TrimRight(memory, "\x00")
		if !bytes.Equal(bytes.TrimRight(got, "\x00"), want) {
			t.Fatalf("memory of %d bytes came back as another", len(memory))
		}
	}
}

func TestModuleIsItsSections(t *testing.T) {
	module := Module([]Section{{SectionCustom, []byte("name")}, {SectionCode, make([]byte, 300)}})
	sections, err := Sections(module)
	if err != nil || len(sections) != 2 || len(sections[1].Body) != 300 {
		t.Fatalf("%d sections, %v", len(sections), err)
	}
	for end := range len(module) {
		// A cut between two sections leaves a module.
		if s, err := Sections(module[:end]); err == nil && len(s) > 1 {
			t.Errorf("a module cut at %d was read", end)
		}
	}
}

func FuzzSections(f *testing.F) {
	f.Add(Module([]Section{{SectionData, DataSection([]byte("abc"))}}))
	f.Fuzz(func(t *testing.T, module []byte) {
		sections, err := Sections(module)
		if err != nil {
			return
		}
		for _, s := range sections {
			if len(s.Body) < 8 { // more could ask for gigabytes of memory
				_, _ = Memory(s.Body)
			}
		}
	})
}
