package sandbox

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
)

// filter is what a sync leaves out (Filtering).
type filter struct {
	Presence    eventFilter `json:"presence"`
	AccountData eventFilter `json:"account_data"`
	Room        struct {
		Rooms        []string    `json:"rooms"`
		NotRooms     []string    `json:"not_rooms"`
		IncludeLeave bool        `json:"include_leave"`
		Timeline     eventFilter `json:"timeline"`
		State        eventFilter `json:"state"`
		Ephemeral    eventFilter `json:"ephemeral"`
		AccountData  eventFilter `json:"account_data"`
	} `json:"room"`
}

// eventFilter is RoomEventFilter, which includes EventFilter.
type eventFilter struct {
	Limit       *int     `json:"limit"`
	Types       []string `json:"types"`
	NotTypes    []string `json:"not_types"`
	Senders     []string `json:"senders"`
	NotSenders  []string `json:"not_senders"`
	Rooms       []string `json:"rooms"`
	NotRooms    []string `json:"not_rooms"`
	ContainsURL *bool    `json:"contains_url"`
	Lazy        bool     `json:"lazy_load_members"`
	Redundant   bool     `json:"include_redundant_members"`
	Threads     bool     `json:"unread_thread_notifications"`
}

func (f *filter) room(id string) bool {
	return (f.Room.Rooms == nil || slices.Contains(f.Room.Rooms, id)) && !slices.Contains(f.Room.NotRooms, id)
}

func (f *eventFilter) limit(otherwise, most int) int {
	if f.Limit == nil {
		return otherwise
	}
	return min(max(*f.Limit, 0), most)
}

// takes decides by type, sender and room. Types may hold "*".
func (f *eventFilter) takes(kind, sender, room string) bool {
	return (f.Types == nil || matches(f.Types, kind)) && !matches(f.NotTypes, kind) &&
		(sender == "" || (f.Senders == nil || slices.Contains(f.Senders, sender)) && !slices.Contains(f.NotSenders, sender)) &&
		(room == "" || (f.Rooms == nil || slices.Contains(f.Rooms, room)) && !slices.Contains(f.NotRooms, room))
}

func (f *eventFilter) event(rm *room, e *event) bool {
	if f.ContainsURL != nil && *f.ContainsURL != (e.field("url") != "") {
		return false
	}
	return f.takes(e.Type, e.Sender, rm.ID)
}

// matches reports whether a kind fits one of the patterns, where "*" stands
// for any characters, "/" too.
func matches(patterns []string, kind string) bool {
	flat := strings.ReplaceAll(kind, "/", "\x00")
	for _, p := range patterns {
		p = strings.NewReplacer("/", "\x00", `\`, `\\`, "?", `\?`, "[", `\[`).Replace(p)
		if ok, err := path.Match(p, flat); err == nil && ok {
			return true
		}
	}
	return false
}

func addFilter(c *call) (any, error) {
	if c.vars["user"] != c.user.ID {
		return nil, errForbidden("Cannot create filters for other users")
	}
	raw, err := c.object()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &filter{}); err != nil {
		return nil, errBadJSON("Invalid filter")
	}
	for i, old := range c.user.Filters {
		if same(old, raw) {
			return map[string]string{"filter_id": strconv.Itoa(i)}, nil
		}
	}
	c.user.Filters = append(c.user.Filters, raw)
	c.s.mark()
	return map[string]string{"filter_id": strconv.Itoa(len(c.user.Filters) - 1)}, nil
}

func getFilter(c *call) (any, error) {
	if c.vars["user"] != c.user.ID {
		return nil, errForbidden("Cannot get filters for other users")
	}
	raw, err := c.stored(c.vars["filter"])
	if err != nil {
		return nil, err
	}
	return raw, nil
}

func (c *call) stored(id string) (json.RawMessage, error) {
	n, err := strconv.Atoi(id)
	if err != nil {
		return nil, errInvalid("Invalid filter_id")
	}
	if n < 0 || n >= len(c.user.Filters) {
		return nil, errNotFound("No such filter")
	}
	return c.user.Filters[n], nil
}

// filter reads the filter of a sync: an id, or a JSON object in place.
func (c *call) filter() (*filter, error) {
	f, text := &filter{}, c.q.Get("filter")
	if text == "" {
		return f, nil
	}
	raw := json.RawMessage(text)
	if !strings.HasPrefix(text, "{") {
		var err error
		if raw, err = c.stored(text); err != nil {
			return nil, err
		}
	}
	if json.Unmarshal(raw, f) != nil {
		return nil, errInvalid("Invalid filter JSON")
	}
	return f, nil
}

// eventFilter reads the filter of messages, context and search.
func (c *call) eventFilter() (*eventFilter, error) {
	f, text := &eventFilter{}, c.q.Get("filter")
	if text != "" && json.Unmarshal([]byte(text), f) != nil {
		return nil, errInvalid("Invalid filter JSON")
	}
	return f, nil
}
