// Package rpc carries calls between a page and the core: frames in, frames out,
// over any transport that keeps their order. FRAMES.md describes them.
//
// Its laws: every call gets exactly one final answer, also when it is aborted,
// unknown, malformed or panics. A bad frame costs that frame, and nothing else.
// Receive never blocks. Frames leave in the order in which they were made, from
// one goroutine.
//
// A stream is pulled. The server asks its source for the next update only while
// fewer than window updates are on their way to the page unacknowledged. While
// a page is slow nobody asks, and the source goes on gathering what changed;
// once the page has caught up, one call of Next returns all of it squashed. So
// neither side holds a queue that grows.
//
// dispatch_gen.go, read_gen.go and write_gen.go are made by rpc/gen from
// package api.
//
// It does not know what the calls do, how an error of the core maps to a code,
// or how bytes reach the page.
package rpc
