package rpc

import "context"

// request is a call on its way through the generated dispatch: params are read
// from in, and the result goes to out, unless the call opens a stream.
type request struct {
	params reader
	out    writer
	stream stream
}

// stream is an api.Stream without its type. next writes the next update.
type stream struct {
	next  func(ctx context.Context, w *writer) error
	close func()
}
