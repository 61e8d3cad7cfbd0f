// Package wasm holds no code: the core's packages are its folders, and
// layers_test.go is the diagram of how they stand on each other.
package wasm
