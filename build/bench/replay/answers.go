package replay

import "github.com/alcove-chat/alcove/build/bench/account"

const client = " /_matrix/client/v3"

// none is what a server says of what an account does not have.
var none = object{}

// answers are those that do not depend on the request. The account has no
// backup of keys and no other devices; its one-time keys are all there.
var answers = map[string]object{
	"GET /_matrix/client/versions":      {"versions": []string{"v1.1", "v1.5", "v1.11"}, "unstable_features": none},
	"GET" + client + "/login":           {"flows": []object{{"type": "m.login.password"}}},
	"POST" + client + "/login":          {"user_id": account.User, "device_id": account.Device, "access_token": "bench"},
	"GET" + client + "/capabilities":    {"capabilities": object{"m.room_versions": object{"default": "10", "available": object{"10": "stable"}}}},
	"GET" + client + "/pushrules/":      {"global": object{"override": []object{}, "content": []object{}, "room": []object{}, "sender": []object{}, "underride": []object{}}},
	"GET" + client + "/devices":         {"devices": []object{{"device_id": account.Device}}},
	"POST" + client + "/keys/claim":     {"one_time_keys": none, "failures": none},
	"GET" + client + "/keys/changes":    {"changed": []string{}, "left": []string{}},
	"GET" + client + "/voip/turnServer": none,

	"GET" + client + "/account/whoami":                       {"user_id": account.User, "device_id": account.Device},
	"PUT" + client + "/sendToDevice/{type}/{txn}":            none,
	"PUT" + client + "/presence/{user}/status":               none,
	"GET" + client + "/profile/{user}":                       {"displayname": "Ada"},
	"PUT" + client + "/rooms/{room}/typing/{user}":           none,
	"POST" + client + "/rooms/{room}/receipt/{kind}/{event}": none,
	"POST" + client + "/rooms/{room}/read_markers":           none,
}

// absent is what servers do not have, or not for this account: clients ask for
// it and get on without.
var absent = []string{
	"GET" + client + "/room_keys/version",
	"GET /_matrix/client/unstable/",
	"GET" + client + "/thirdparty/protocols",
}
