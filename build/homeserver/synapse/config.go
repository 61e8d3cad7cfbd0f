package synapse

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
)

const logName = "homeserver.log"

type settings = map[string]any

// writeConfig writes the configuration, as JSON, which is YAML too, and returns
// its name.
func writeConfig(dir, url string, port int) (string, error) {
	log := filepath.Join(dir, "log.json")
	if err := writeJSON(log, logging(dir)); err != nil {
		return "", err
	}
	config := filepath.Join(dir, "homeserver.json")
	return config, writeJSON(config, homeserver(dir, url, log, port))
}

func writeJSON(name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(name, raw, 0o600)
}

func logging(dir string) settings {
	return settings{
		"version":                  1,
		"formatters":               settings{"line": settings{"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
		"handlers":                 settings{"file": settings{"class": "logging.FileHandler", "formatter": "line", "filename": filepath.Join(dir, logName)}},
		"root":                     settings{"level": "WARNING", "handlers": []string{"file"}},
		"disable_existing_loggers": false,
	}
}

// homeserver is a server for tests: anyone may register, nothing is limited,
// passwords are cheap to check, and it speaks to no other server.
func homeserver(dir, url, log string, port int) settings {
	s := settings{
		"server_name":    "localhost",
		"public_baseurl": url + "/",
		"listeners": []any{settings{"port": port, "type": "http", "tls": false, "bind_addresses": []string{"127.0.0.1"},
			"resources": []any{settings{"names": []string{"client"}, "compress": false}}}},
		"database":         settings{"name": "sqlite3", "args": settings{"database": filepath.Join(dir, "homeserver.db")}},
		"media_store_path": filepath.Join(dir, "media"),
		"log_config":       log,
		"pid_file":         filepath.Join(dir, "homeserver.pid"),

		"signing_key":                "ed25519 test " + secret(),
		"macaroon_secret_key":        secret(),
		"form_secret":                secret(),
		"registration_shared_secret": secret(),
		"bcrypt_rounds":              4,

		"enable_registration":                      true,
		"enable_registration_without_verification": true,
		"report_stats":                             false,
		"trusted_key_servers":                      []any{},
		"suppress_key_server_warning":              true,
		"federation_domain_whitelist":              []any{},
		"presence":                                 settings{"enabled": true},
		"user_directory":                           settings{"enabled": true, "search_all_users": true},
		"room_list_publication_rules":              []any{settings{"action": "allow"}},
		"url_preview_enabled":                      false,
		// Otherwise a sync that is repeated gets the answer of before for two minutes.
		"caches":                settings{"sync_response_cache_duration": "0s"},
		"experimental_features": settings{"msc4222_enabled": true},
	}
	for name, parts := range limits {
		s[name] = unlimited(parts)
	}
	return s
}

// limits are the rate limits of Synapse, with the parts of those that have any.
var limits = map[string][]string{
	"rc_message": nil, "rc_registration": nil, "rc_registration_token_validity": nil, "rc_admin_redaction": nil,
	"rc_joins_per_room": nil, "rc_3pid_validation": nil, "rc_third_party_invite": nil, "rc_media_create": nil,
	"rc_delayed_event_mgmt": nil, "rc_room_creation": nil, "rc_reports": nil, "rc_user_directory": nil, "rc_key_requests": nil,
	"rc_login":    {"address", "account", "failed_attempts"},
	"rc_joins":    {"local", "remote"},
	"rc_invites":  {"per_room", "per_user", "per_issuer"},
	"rc_presence": {"per_user"},
}

func unlimited(parts []string) settings {
	never := settings{"per_second": 1_000_000, "burst_count": 1_000_000}
	if parts == nil {
		return never
	}
	s := settings{}
	for _, part := range parts {
		s[part] = never
	}
	return s
}

// secret returns 32 random bytes as unpadded base64, which is also the form of
// a signing key's seed.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawStdEncoding.EncodeToString(b)
}
