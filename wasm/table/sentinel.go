package table

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Sentinel is what the page keeps outside of the database, so that a database
// that was lost can be told from one that never was.
type Sentinel struct {
	UserID     event.UserID
	DeviceID   event.DeviceID
	Homeserver string
	Database   DatabaseID
}

// Encode returns the text that the page keeps.
func (s *Sentinel) Encode() string {
	var b scan.Builder
	b.Int("v", 1).Text("userId", string(s.UserID)).Text("deviceId", string(s.DeviceID))
	return string(b.Text("homeserver", s.Homeserver).Text("database", s.Database.String()).Done())
}

// ParseSentinel reads what Encode wrote; nil where it is something else, which
// is as good as none.
func ParseSentinel(text string) *Sentinel {
	v, err := scan.Parse([]byte(text))
	if err != nil || v.Get("v").Int() != 1 {
		return nil
	}
	s := &Sentinel{
		UserID: event.UserID(v.Get("userId").Text()), DeviceID: event.DeviceID(v.Get("deviceId").Text()),
		Homeserver: v.Get("homeserver").Text(),
	}
	var ok bool
	if s.Database, ok = ParseDatabaseID(v.Get("database").Text()); !ok || s.UserID == "" {
		return nil
	}
	return s
}
