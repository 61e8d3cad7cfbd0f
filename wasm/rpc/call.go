package rpc

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// source is a stream whose updates are JSON already.
type source interface {
	// next appends the next update to b.
	next(ctx context.Context, b []byte) ([]byte, error)
	close()
}

type typedSource[T any] struct {
	stream api.Stream[T]
	write  func([]byte, *T) []byte
}

func (s typedSource[T]) next(ctx context.Context, b []byte) ([]byte, error) {
	v, err := s.stream.Next(ctx)
	if err != nil {
		return nil, err
	}
	return s.write(b, &v), nil
}

func (s typedSource[T]) close() { s.stream.Close() }

// doCall, getResult and openStream are the three shapes of a call; the
// generated dispatch fills in types and codecs.

func doCall[P any](
	ctx context.Context, params scan.Value,
	read func(*reader, scan.Value) P, call func(context.Context, P) error,
) ([]byte, source, error) {
	var r reader
	p := read(&r, params)
	if err := r.failed(); err != nil {
		return nil, nil, err
	}
	return []byte("null"), nil, call(ctx, p)
}

func getResult[P, R any](
	ctx context.Context, params scan.Value,
	read func(*reader, scan.Value) P, call func(context.Context, P) (R, error), write func([]byte, *R) []byte,
) ([]byte, source, error) {
	var r reader
	p := read(&r, params)
	if err := r.failed(); err != nil {
		return nil, nil, err
	}
	result, err := call(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	return write(nil, &result), nil, nil
}

func openStream[P, T any](
	ctx context.Context, params scan.Value,
	read func(*reader, scan.Value) P, call func(context.Context, P) (api.Stream[T], error), write func([]byte, *T) []byte,
) ([]byte, source, error) {
	var r reader
	p := read(&r, params)
	if err := r.failed(); err != nil {
		return nil, nil, err
	}
	stream, err := call(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	return nil, typedSource[T]{stream, write}, nil
}

// noParams reads the params of a call that takes none: it ignores them.
func noParams(*reader, scan.Value) struct{} { return struct{}{} }

func ignoreParams[R any](call func(context.Context) (R, error)) func(context.Context, struct{}) (R, error) {
	return func(ctx context.Context, _ struct{}) (R, error) { return call(ctx) }
}
