package api

import "slices"

// Equal reports whether a reader would see no difference. It runs for each room
// of a list that is sorted anew, where reflect.DeepEqual would show. A test
// sees to it that no field is forgotten.
func (r *Room) Equal(o *Room) bool {
	return r.Key == o.Key && r.ID == o.ID && r.Membership == o.Membership && r.Name == o.Name && r.Named == o.Named &&
		r.Avatar == o.Avatar && r.Type == o.Type && r.Encrypted == o.Encrypted && r.Direct == o.Direct &&
		r.Unread == o.Unread && r.Highlights == o.Highlights && r.MarkedUnread == o.MarkedUnread &&
		r.Recency == o.Recency && r.Successor == o.Successor && samePointed(r.Last, o.Last) &&
		samePointed(r.Inviter, o.Inviter) && slices.EqualFunc(r.Tags, o.Tags, sameTag)
}

// Equal reports whether a reader would see no difference.
func (d *RoomDetails) Equal(o *RoomDetails) bool {
	return d.Room.Equal(&o.Room) && d.Topic == o.Topic && d.Alias == o.Alias && d.Version == o.Version &&
		d.JoinRule == o.JoinRule && d.Joined == o.Joined && d.Invited == o.Invited && d.Can == o.Can &&
		d.Notifications == o.Notifications && slices.Equal(d.Typing, o.Typing) && slices.Equal(d.Threads, o.Threads) &&
		slices.Equal(d.Allow, o.Allow) && slices.Equal(d.Aliases, o.Aliases) && d.History == o.History && d.Guests == o.Guests &&
		d.Levels.Equal(&o.Levels) && sameACL(d.ACL, o.ACL) && sameReplacement(d.Replacement, o.Replacement) && d.Predecessor == o.Predecessor &&
		slices.Equal(d.Parents, o.Parents) && slices.Equal(d.Pinned, o.Pinned)
}

// Equal reports whether a reader would see no difference.
func (s *Space) Equal(o *Space) bool {
	return s.Key == o.Key && s.ID == o.ID && s.Room.Equal(&o.Room) && s.Level == o.Level && slices.Equal(s.Spaces, o.Spaces) &&
		slices.Equal(s.Parents, o.Parents) && s.Rooms == o.Rooms && s.Unread == o.Unread && s.Highlights == o.Highlights
}

// Equal reports whether a reader would see no difference.
func (l *Levels) Equal(o *Levels) bool {
	return samePointed(l.Users, o.Users) && samePointed(l.Events, o.Events) && samePointed(l.State, o.State) &&
		samePointed(l.Invite, o.Invite) && samePointed(l.Kick, o.Kick) && samePointed(l.Ban, o.Ban) &&
		samePointed(l.Redact, o.Redact) && samePointed(l.Notify, o.Notify) && slices.Equal(l.Types, o.Types)
}

// Equal reports whether a reader would see no difference.
func (p *RoomPreview) Equal(o *RoomPreview) bool {
	return p.ID == o.ID && p.Name == o.Name && p.Alias == o.Alias && p.Topic == o.Topic && p.Avatar == o.Avatar &&
		p.Type == o.Type && p.Version == o.Version && p.Joined == o.Joined && p.JoinRule == o.JoinRule &&
		p.Encrypted == o.Encrypted && p.Readable == o.Readable && p.Guests == o.Guests && p.Membership == o.Membership &&
		p.Entry.How == o.Entry.How && slices.Equal(p.Entry.Through, o.Entry.Through) && slices.Equal(p.Via, o.Via)
}

// Equal reports whether a reader would see no difference.
func (s *SpaceRoom) Equal(o *SpaceRoom) bool {
	return s.Key == o.Key && s.Level == o.Level && s.Parent == o.Parent && s.Suggested == o.Suggested && s.Order == o.Order &&
		s.Children == o.Children && s.Hidden == o.Hidden && s.Room.Equal(&o.Room)
}

func sameACL(a, b *ServerACL) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.Allow, b.Allow) && slices.Equal(a.Deny, b.Deny) && a.IPs == b.IPs
}

func sameReplacement(a, b *Replacement) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Confirmed == b.Confirmed && a.Body == b.Body && slices.Equal(a.Via, b.Via)
}

func sameTag(a, b Tag) bool { return a.Name == b.Name && samePointed(a.Order, b.Order) }

func samePointed[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
