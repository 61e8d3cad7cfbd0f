package rpc

import "github.com/alcove-chat/alcove/wasm/api"

// The errors that the server itself answers with.

func newError(code api.Code, message string) *api.Error {
	return &api.Error{Code: code, Message: message}
}

func unknownCall() *api.Error { return newError(api.CallUnknown, "no call has this name") }

func internalError() *api.Error { return newError(api.Internal, "a defect of the core; see its log") }
