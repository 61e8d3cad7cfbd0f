package replay

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/alcove-chat/alcove/build/bench/account"
)

// sync is a long poll: it answers at once where there is news, and else when
// there is or when the client does not want to wait any longer.
func (s *Server) sync(w http.ResponseWriter, r *http.Request) {
	since := r.FormValue("since")
	s.note("asked", since)
	if inline := r.FormValue("filter"); inline != "1" && !sameWork([]byte(inline)) {
		s.note("unknown", "filter "+inline)
		refuse(w, http.StatusBadRequest, notComparable)
		return
	}
	if since == "" {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		s.note("answered", account.NextBatch)
		_, _ = w.Write(s.ready.first) // the browser may have gone
		return
	}
	position, known := account.Position(since)
	if !known {
		refuse(w, http.StatusBadRequest, "no such token")
		return
	}
	timeout, err := time.ParseDuration(r.FormValue("timeout") + "ms")
	if err != nil {
		timeout = 0
	}
	next := s.await(r, position, timeout)
	if next == nil {
		reply(w, http.StatusOK, object{"next_batch": since})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	s.note("answered", account.Token(position+1))
	_, _ = w.Write(next) // the browser may have gone
}

// await is the response at that position once it is there: nil where it does
// not come in time.
func (s *Server) await(r *http.Request, position int, timeout time.Duration) []byte {
	end := time.NewTimer(timeout)
	defer end.Stop()
	for {
		s.mu.Lock()
		news, woken := s.news, s.woken
		s.mu.Unlock()
		if position < len(news) {
			return news[position]
		}
		select {
		case <-woken:
		case <-end.C:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}

// push adds count responses of that many events each, and says what the last
// one's marker is.
func (s *Server) push(w http.ResponseWriter, r *http.Request) {
	events, err := strconv.Atoi(r.FormValue("events"))
	count, err2 := strconv.Atoi(r.FormValue("count"))
	if err != nil || err2 != nil || events < 1 || count < 1 {
		refuse(w, http.StatusBadRequest, "how many?")
		return
	}
	s.mu.Lock()
	begin := len(s.news) + 1
	s.mu.Unlock()
	var more [][]byte
	for i := range count {
		more = append(more, s.ready.Next(begin+i, events))
	}
	s.mu.Lock()
	s.news = append(s.news, more...)
	close(s.woken)
	s.woken = make(chan struct{})
	last := len(s.news)
	s.mu.Unlock()
	reply(w, http.StatusOK, named(last))
}

// announce says what the next response will be.
func (s *Server) announce(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	n := len(s.news) + 1
	s.mu.Unlock()
	reply(w, http.StatusOK, named(n))
}

// named is how to know the response number n.
func named(n int) object {
	return object{"marker": account.Marker(n), "token": account.Token(n)}
}

// sameWork says that a filter asks for what all clients ask for: so they have
// the same work.
func sameWork(filter []byte) bool {
	var f struct {
		Room struct {
			State struct {
				Lazy bool `json:"lazy_load_members"`
			}
			Timeline struct{ Limit int }
		}
	}
	return json.Unmarshal(filter, &f) == nil && f.Room.State.Lazy && f.Room.Timeline.Limit == 20
}

const notComparable = "members lazily and 20 events are what is compared"

func (s *Server) takeFilter(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil || !sameWork(raw) {
		s.note("unknown", "filter "+string(raw))
		refuse(w, http.StatusBadRequest, notComparable)
		return
	}
	s.mu.Lock()
	s.filter = raw
	s.mu.Unlock()
	reply(w, http.StatusOK, object{"filter_id": "1"})
}

func (s *Server) giveFilter(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	filter := s.filter
	s.mu.Unlock()
	if filter == nil || r.PathValue("id") != "1" {
		refuse(w, http.StatusNotFound, "no such filter")
		return
	}
	reply(w, http.StatusOK, json.RawMessage(filter))
}
