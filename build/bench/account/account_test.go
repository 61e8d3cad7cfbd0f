package account

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestSyncIsTheSameForASeed(t *testing.T) {
	one := Sync(1, 30)
	if !bytes.Equal(one, Sync(1, 30)) {
		t.Error("the same seed gave another account")
	}
	if bytes.Equal(one, Sync(2, 30)) {
		t.Error("another seed gave the same account")
	}
	var body struct {
		Rooms struct{ Join map[string]any }
	}
	if err := json.Unmarshal(one, &body); err != nil || len(body.Rooms.Join) != 30 {
		t.Errorf("%d rooms, %v", len(body.Rooms.Join), err)
	}
}

func TestSizeIsThatOfARealAccount(t *testing.T) {
	if size := len(Sync(1, 1000)); size < 7<<20 || size > 12<<20 {
		t.Errorf("1,000 rooms have %d bytes", size)
	}
}
