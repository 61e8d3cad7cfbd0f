// Package table knows how each record looks and which key it lies under.
//
// Its law: stored bytes are not trusted. Every record starts with the version
// of its form; a garbled one costs itself and gives ErrGarbled, never a panic
// or memory beyond its own size.
//
// It does not decide what to write, and it holds no state.
package table
