package rpc

import (
	"strconv"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// MaxFrame is the most bytes of a frame from the page.
const MaxFrame = 16 << 20

// maxID is the largest integer that a JavaScript number holds exactly.
const maxID = 1<<53 - 1

type frameKind int

const (
	// frameDropped cannot be answered: it has no usable id.
	frameDropped frameKind = iota
	// frameBad has an id and makes no sense.
	frameBad
	frameHello
	frameCall
	frameAbort
	frameAck
)

// frame is what a page sent.
type frame struct {
	kind   frameKind
	id     int64
	text   string // the hash of a hello, the name of a call, what is wrong
	params scan.Value
	seq    int64
}

var frameKeys = [...]string{"hello", "id", "call", "params", "abort", "ack"}

func parseFrame(data []byte) frame {
	if len(data) > MaxFrame {
		return parseUnreadable(data, "frame exceeds "+strconv.Itoa(MaxFrame)+" bytes")
	}
	v, err := scan.Parse(data)
	if err != nil {
		return parseUnreadable(data, "frame is no JSON or nested too deeply")
	}
	var f [len(frameKeys)]scan.Value
	v.Fields(frameKeys[:], f[:])
	if hash, ok := f[0].AsText(); ok {
		return frame{kind: frameHello, text: hash}
	}
	id, ok := parseID(f[1])
	if !ok {
		return frame{text: "no id"}
	}
	return parseBody(id, f[2], f[3], f[4], f[5])
}

func parseBody(id int64, call, params, abort, ack scan.Value) frame {
	if name, ok := call.AsText(); ok {
		return frame{kind: frameCall, id: id, text: name, params: params}
	}
	if abort.IsTrue() {
		return frame{kind: frameAbort, id: id}
	}
	if seq, ok := ack.AsInt(); ok {
		return frame{kind: frameAck, id: id, seq: seq}
	}
	return frame{kind: frameBad, id: id, text: "neither call, abort nor ack"}
}

// parseUnreadable looks for nothing but the id, so that the page learns why its
// call fails.
func parseUnreadable(data []byte, why string) frame {
	if id, ok := parseID(scan.Value(data).Get("id")); ok {
		return frame{kind: frameBad, id: id, text: why}
	}
	return frame{text: why}
}

func parseID(v scan.Value) (int64, bool) {
	id, ok := v.AsInt()
	return id, ok && id > 0 && id <= maxID
}

func helloFrame(version string) []byte {
	var w writer
	w.open()
	w.text("hello", Hash)
	w.text("version", version)
	w.close()
	return w.buf
}

// answerFrame begins the frame that holds a call's result, which is to follow.
func (w *writer) answerFrame(id int64) {
	w.open()
	w.integer("id", id)
	w.name("ok")
}

// updateFrame begins the frame of an update, which is to follow.
func (w *writer) updateFrame(id, seq int64) {
	w.open()
	w.integer("id", id)
	w.integer("seq", seq)
	w.name("next")
}

func errorFrame(id int64, err *api.Error) []byte {
	var w writer
	w.open()
	w.integer("id", id)
	w.name("err")
	writeError(&w, err)
	w.close()
	return w.buf
}
