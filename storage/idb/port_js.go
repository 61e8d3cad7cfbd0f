package idb

import (
	"fmt"
	"sync"

	"github.com/hack-pad/safejs"

	"github.com/alcove-chat/alcove/storage"
)

const (
	openID  = 0
	eventID = -1
)

// port carries calls to the shim and its answers back.
type port struct {
	handle safejs.Value
	settle safejs.Func

	mu      sync.Mutex
	waiting map[int]chan answer
	last    int
	onEvent func(name, detail string)
}

// answer is what the shim settles a call with. A name means an error.
type answer struct {
	name, message string
	bytes         safejs.Value
}

// dial calls the shim's method with args and what it settles calls with, and
// returns the port to the handle that the method returns. The answer to the
// method itself comes on the channel.
func dial(onEvent func(name, detail string), method string, args ...any) (*port, <-chan answer, error) {
	shim, err := safejs.Global().Get("alcoveIDB")
	if err != nil || shim.IsUndefined() {
		return nil, nil, fmt.Errorf("%w: storage/idb/shim.js was not imported before the program started", storage.ErrMisuse)
	}
	opened := make(chan answer, 1)
	p := &port{waiting: map[int]chan answer{openID: opened}, onEvent: onEvent}
	if p.settle, err = safejs.FuncOf(p.settled); err != nil {
		return nil, nil, err
	}
	if p.handle, err = shim.Call(method, append(args, p.settle)...); err != nil {
		p.settle.Release()
		return nil, nil, err
	}
	return p, opened, nil
}

// settled is called by the shim. It never blocks: channels hold one answer and
// get one.
func (p *port) settled(_ safejs.Value, args []safejs.Value) any {
	if len(args) < 3 {
		return nil
	}
	id, _ := args[0].Int()
	a := answer{bytes: safejs.Undefined()}
	if !args[1].IsNull() {
		a.name, _ = args[1].String()
		a.message, _ = args[2].String()
	}
	if len(args) > 3 {
		a.bytes = args[3]
	}
	if id == eventID {
		p.onEvent(a.name, a.message)
		return nil
	}
	if done := p.take(id); done != nil {
		done <- a
	}
	return nil
}

func (p *port) take(id int) chan answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := p.waiting[id]
	delete(p.waiting, id)
	return done
}

// call runs one transaction of the shim's and waits for its end or stop.
func (p *port) call(stop <-chan struct{}, method string, args ...any) (answer, error) {
	done := make(chan answer, 1)
	p.mu.Lock()
	p.last++
	id := p.last
	p.waiting[id] = done
	p.mu.Unlock()
	if _, err := p.handle.Call(method, append([]any{id}, args...)...); err != nil {
		p.take(id)
		return answer{}, err
	}
	select {
	case a := <-done:
		return a, nil
	case <-stop:
		p.take(id)
		return answer{}, storage.ErrClosed
	}
}

// look makes the shim tell if the request waits for its turn.
func (p *port) look() {
	_, _ = p.handle.Call("look") // the watchdog goes on if it cannot
}

// hangUp lets go of the handle and releases the callback, which the shim does
// not call any more.
func (p *port) hangUp() {
	_, _ = p.handle.Call("close") // nothing is left to do if even this fails
	p.settle.Release()
}

// toJS copies b into a new Uint8Array.
func toJS(b []byte) (safejs.Value, error) {
	class, err := safejs.Global().Get("Uint8Array")
	if err != nil {
		return safejs.Value{}, err
	}
	array, err := class.New(len(b))
	if err != nil {
		return safejs.Value{}, err
	}
	_, err = safejs.CopyBytesToJS(array, b)
	return array, err
}

// toGo copies a Uint8Array.
func toGo(array safejs.Value) ([]byte, error) {
	n, err := array.Length()
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = safejs.CopyBytesToGo(b, array)
	return b, err
}
