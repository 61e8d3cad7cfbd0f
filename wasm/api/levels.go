package api

// Levels are the power levels that things take.
type Levels struct {
	Users  *int64 `json:"users,omitempty"`
	Events *int64 `json:"events,omitempty"`
	State  *int64 `json:"state,omitempty"`
	Invite *int64 `json:"invite,omitempty"`
	Kick   *int64 `json:"kick,omitempty"`
	Ban    *int64 `json:"ban,omitempty"`
	Redact *int64 `json:"redact,omitempty"`
	// Notify is for @room.
	Notify *int64 `json:"notify,omitempty"`
	// Types are those of single event types.
	Types []TypeLevel `json:"types,omitempty"`
}

// TypeLevel is the level of an event type.
type TypeLevel struct {
	Type  string `json:"type"`
	Level int64  `json:"level"`
}
