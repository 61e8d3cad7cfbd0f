package stored

import (
	"context"
	"fmt"
	"strings"

	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// server answers from a script. It has no state but the syncs to come.
type server struct{ syncs chan string }

// Do implements homeserver.Transport.
func (s *server) Do(ctx context.Context, r *homeserver.Request) (*homeserver.Response, error) {
	is := func(part string) bool { return strings.Contains(r.URL, part) }
	switch {
	case is("/versions"):
		return answer(200, `{"versions":["v1.11"]}`)
	case is("/login"):
		return answer(200, `{"user_id":%q,"device_id":"FIXTURE","access_token":%q}`, user, Token)
	case is("/whoami"):
		return answer(200, `{"user_id":%q,"device_id":"FIXTURE"}`, user)
	case is("/filter"):
		return answer(200, `{"filter_id":"filter-1"}`)
	case is("/sync"):
		select {
		case body := <-s.syncs:
			return answer(200, "%s", body)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	case is("/members"):
		return answer(200, `{"chunk":[%s]}`, hallMembers(250))
	case is("/messages"):
		return answer(200, `{"start":"library-older","chunk":[%s]}`, olderInLibrary())
	case is("/txn-echoed"):
		return answer(200, `{"event_id":"$kitchen-121"}`)
	case is("/txn-sent"):
		return answer(200, `{"event_id":"$kitchen-500"}`)
	case is("/txn-refused"):
		return answer(403, `{"errcode":"M_FORBIDDEN","error":"you may not speak here"}`)
	case is("/txn-lost"):
		return nil, homeserver.ErrUnreachable
	}
	return answer(404, `{"errcode":"M_NOT_FOUND","error":"not in the script"}`)
}

func answer(status int, format string, args ...any) (*homeserver.Response, error) {
	return &homeserver.Response{Status: status, ContentType: "application/json", Body: fmt.Appendf(nil, format, args...)}, nil
}
