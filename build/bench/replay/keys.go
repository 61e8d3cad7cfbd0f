package replay

import (
	"encoding/json"
	"net/http"

	"github.com/alcove-chat/alcove/build/bench/account"
)

// uploadKeys keeps the device's own keys: a client asks for them until it sees
// them. All its one-time keys are said to be there.
func (s *Server) uploadKeys(w http.ResponseWriter, r *http.Request) {
	var upload struct {
		DeviceKeys json.RawMessage `json:"device_keys"`
	}
	if err := json.NewDecoder(r.Body).Decode(&upload); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if upload.DeviceKeys != nil {
		s.mu.Lock()
		s.device = upload.DeviceKeys
		s.mu.Unlock()
	}
	reply(w, http.StatusOK, object{"one_time_key_counts": object{"signed_curve25519": 50}})
}

// queryKeys knows the device that uploaded, and nobody else's.
func (s *Server) queryKeys(w http.ResponseWriter, r *http.Request) {
	var query struct {
		DeviceKeys map[string]any `json:"device_keys"`
	}
	if err := json.NewDecoder(r.Body).Decode(&query); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.mu.Lock()
	own := s.device
	s.mu.Unlock()
	found := object{}
	for user := range query.DeviceKeys {
		devices := object{}
		if user == account.User && own != nil {
			devices[account.Device] = own
		}
		found[user] = devices
	}
	reply(w, http.StatusOK, object{"device_keys": found, "failures": none})
}
