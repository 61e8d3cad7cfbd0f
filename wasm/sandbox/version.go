package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
)

// roomVersions are those that rooms can be made with.
var roomVersions = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}

// What room versions brought, each named by the first version that has it.
const (
	hashedIDs         = 3  // event ids are hashes, with "/" and "+"
	urlSafeIDs        = 4  // and without
	knocking          = 7  // FEATURES 2-06
	restrictedJoins   = 8  // FEATURES 2-37
	wholeLevels       = 10 // power levels are integers, never text (FEATURES 7-22)
	redactsInContent  = 11 // FEATURES A.5
	noCreator         = 11 // m.room.create has no creator member
	immortalCreators  = 12 // and room ids without a colon
	noMembersAliases  = 6
	keepsAuthorisedBy = 9
)

func has(version string, feature int) bool {
	n, err := strconv.Atoi(version)
	return err == nil && n >= feature
}

// redacted returns what redaction leaves of a content (FEATURES A.5).
func redacted(version, kind string, content json.RawMessage) json.RawMessage {
	if kind == "m.room.create" && has(version, redactsInContent) {
		return content
	}
	var all map[string]json.RawMessage
	_ = json.Unmarshal(content, &all)
	left := map[string]json.RawMessage{}
	for _, name := range kept(version, kind) {
		if v, ok := all[name]; ok {
			left[name] = v
		}
	}
	if v, ok := all["third_party_invite"]; ok && kind == "m.room.member" && has(version, redactsInContent) {
		var invite map[string]json.RawMessage
		if json.Unmarshal(v, &invite) == nil && invite["signed"] != nil {
			left["third_party_invite"] = must(map[string]json.RawMessage{"signed": invite["signed"]})
		}
	}
	return must(left)
}

func kept(version, kind string) []string {
	switch kind {
	case "m.room.member":
		return since(version, keepsAuthorisedBy, []string{"membership"}, "join_authorised_via_users_server")
	case "m.room.create":
		return []string{"creator"}
	case "m.room.join_rules":
		return since(version, restrictedJoins, []string{"join_rule"}, "allow")
	case "m.room.power_levels":
		return since(version, redactsInContent, []string{"ban", "events", "events_default", "kick", "redact",
			"state_default", "users", "users_default"}, "invite")
	case "m.room.history_visibility":
		return []string{"history_visibility"}
	case "m.room.redaction":
		return since(version, redactsInContent, nil, "redacts")
	case "m.room.aliases":
		if !has(version, noMembersAliases) {
			return []string{"aliases"}
		}
	}
	return nil
}

func since(version string, feature int, names []string, more string) []string {
	if has(version, feature) {
		return append(slices.Clone(names), more)
	}
	return names
}
