package rpc

import "github.com/alcove-chat/alcove/wasm/api"

// The errors that the server itself answers with. They are made when needed:
// a caller may change what it is given.

func newError(code api.Code, message string) *api.Error {
	return &api.Error{Code: code, Message: message}
}

func unknownCall() *api.Error { return newError(api.CallUnknown, "no call has this name") }
