package timeline

import "github.com/alcove-chat/alcove/wasm/api"

const dayMs = 24 * 60 * 60 * 1000

// noDay is the day of an event that claims no time.
const noDay = -1 << 62

// zone is the page's offsets from UTC, oldest first; empty means UTC.
type zone []api.ZoneOffset

// day counts days since 1970 where the user is.
func (z zone) day(ts int64) int64 {
	if ts <= 0 {
		return noDay
	}
	return floorDiv(ts+z.offset(ts), dayMs)
}

// begin returns the first moment of a day.
func (z zone) begin(day int64) int64 {
	local := day * dayMs
	// The clock may have changed since midnight: take the offset of midnight.
	return local - z.offset(local-z.offset(local))
}

// offset is what the clock is ahead of UTC at a moment, in milliseconds.
func (z zone) offset(ts int64) int64 {
	minutes := 0
	for i, o := range z {
		if i > 0 && o.From > ts {
			break
		}
		minutes = o.Minutes
	}
	return int64(max(-24*60, min(minutes, 24*60))) * 60 * 1000
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
