package timeline

import (
	"bytes"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
)

// same reports whether two items of one key look the same.
func same(a, b *api.TimelineItem) bool {
	return a.Kind == b.Kind && a.TS == b.TS && sameEvent(a.Event, b.Event)
}

func sameEvent(a, b *api.EventItem) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.TxnID == b.TxnID && a.Sender == b.Sender && a.Own == b.Own && a.Sought == b.Sought && a.Type == b.Type &&
		a.Redacted == b.Redacted && samePointed(a.StateKey, b.StateKey) && samePointed(a.Crypto, b.Crypto) && bytes.Equal(a.Content, b.Content) &&
		slices.Equal(a.Receipts, b.Receipts) && sameChange(a.Change, b.Change) && sameSend(a.Send, b.Send) &&
		sameRelated(a, b)
}

func sameRelated(a, b *api.EventItem) bool {
	return a.ThreadID == b.ThreadID && sameSending(a.Removing, b.Removing) && sameEdited(a.Edited, b.Edited) &&
		slices.EqualFunc(a.Reactions, b.Reactions, sameReaction) && sameReply(a.ReplyTo, b.ReplyTo) &&
		sameThread(a.Thread, b.Thread) && samePoll(a.Poll, b.Poll)
}

func sameSending(a, b *api.Sending) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.TxnID == b.TxnID && sameSend(&a.Status, &b.Status)
}

func sameEdited(a, b *api.Edited) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.TS == b.TS && sameSending(a.Send, b.Send)
}

func sameReaction(a, b api.Reaction) bool {
	return a.Key == b.Key && a.Count == b.Count && slices.Equal(a.By, b.By) && sameOwn(a.Own, b.Own)
}

func sameOwn(a, b *api.OwnReaction) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && sameSending(a.Send, b.Send)
}

func sameReply(a, b *api.ReplyTo) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Redacted == b.Redacted && samePointed(a.Preview, b.Preview)
}

func sameThread(a, b *api.Thread) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Count == b.Count && a.Participated == b.Participated && samePointed(a.Latest, b.Latest)
}

func samePoll(a, b *api.Poll) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Question == b.Question && a.Undisclosed == b.Undisclosed && a.MaxSelections == b.MaxSelections &&
		a.Voters == b.Voters && a.Ended == b.Ended && slices.Equal(a.Answers, b.Answers) && sameSending(a.Send, b.Send)
}

func sameChange(a, b *api.Change) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Before == b.Before && a.After == b.After && a.Reason == b.Reason && samePointed(a.Target, b.Target)
}

func sameSend(a, b *api.SendStatus) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.State == b.State && a.EventID == b.EventID && samePointed(a.Error, b.Error)
}

func samePointed[T comparable](a, b *T) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
