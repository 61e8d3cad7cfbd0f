//go:build !js

package client_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/client"
)

// TestScenarios plays what people do on the sandbox and on a real Synapse,
// with one body of code: what passes on one only is a defect of the core or of
// the sandbox.
func TestScenarios(t *testing.T) {
	for _, s := range []struct {
		name string
		play func(*world)
	}{
		{"first light", firstLight},
		{"invitations", invitations},
		{"a room to come", awaitRoom},
		{"direct chats", directChats},
		{"room details", roomDetails},
		{"room settings", roomSettings},
		{"replacements", replacements},
		{"spaces", spaces},
		{"access", access},
		{"powers", powers},
		{"addresses", addresses},
		{"creating rooms", creating},
		{"children of a space", childrenOfSpace},
		{"a space and its members", spaceAndMembers},
		{"upgrades", upgrades},
		{"upgrades that are refused", upgradesRefused},
		{"upgrades of a room at once", upgradesAtOnce},
		{"state changes", stateChanges},
		{"servers of a link", linkServers},
		{"kick, ban, forget", kickBanForget},
		{"asked again", askedAgain},
		{"numbers", numbers},
		{"knock", knock},
		{"memberships", memberships},
		{"previews", previews},
		{"previews of closed rooms", closedPreviews},
		{"a large space explored", explore},
		{"a part of a space explored", exploreNarrow},
		{"one's own space explored", exploreOwn},
		{"restricted rooms", restricted},
		{"ways in", waysIn},
		{"the directory", directory},
		{"people found", searchUsers},
		{"reports", reports},
		{"members of a large room", largeRoom},
		{"presence", presence},
		{"profiles", profiles},
		{"what is allowed", whatIsAllowed},
		{"invitations that are blocked", invitesBlocked},
		{"names of the time", namesOfTheTime},
		{"gaps", gaps},
		{"gaps while others write", gapsUnderWay},
		{"changes of messages", changesOfMessages},
		{"typing", typing},
		{"receipts", receipts},
		{"unread in threads", unreadThreads},
		{"unread in an encrypted room", unreadEncrypted},
		{"unread in an encrypted gap", unreadInGap},
		{"rules changed on two devices at once", rulesSideBySide},
		{"notification levels", notificationLevels},
		{"tags and marks", tagsAndMarks},
		{"account data", accountData},
		{"two devices", twoDevices},
		{"offline sending", offlineSending},
		{"about what is not sent yet", aboutTheUnsent},
		{"about what is not sent yet, encrypted", aboutTheUnsentEncrypted},
		{"annotated twice", annotatedTwice},
		{"what is found", found},
		{"what was long ago", longAgo},
		{"what was long ago, encrypted", longAgoEncrypted},
		{"sign in", signIn},
		{"token revoked", tokenRevoked},
		{"token revoked with unsent messages", tokenRevokedUnsent},
		{"token revoked while closed", tokenRevokedWhileClosed},
		{"soft logout", softLogout},
		{"any request", anyRequest},
		{"encrypted room", encryptedRoom},
		{"encrypted room over restarts", encryptedRestarts},
		{"second device", secondDevice},
		{"backup made elsewhere", backupElsewhere},
		{"backup turned off", backupTurnedOff},
		{"key file", keyFile},
		{"refused, then given", refusedThenGiven},
		{"history for who is invited", historyOnInvite},
		{"history for who does not come", historyForNobody},
		{"words right after an invite and a kick", wordsAtOnce},
		{"own devices", ownDevices},
		{"identity reset", resetIdentity},
		{"users verify each other", verifyUsers},
		{"strangers verify each other", verifyStranger},
		{"own devices verify each other", verifyOwn},
		{"verification by a device that is just there", verifyAtOnce},
		{"verification among strangers", verifyAmongStrangers},
		{"verification of a new identity", verifyChanged},
		{"verification asked for among others' words", verifyAmong},
		{"restore right after a verification", restoreAtOnce},
		{"verification by code", verifyByCode},
		{"verification that fails", verifyNot},
		{"verification elsewhere", verifyElsewhere},
		{"verification in a plain room", verifyPlain},
	} {
		t.Run(s.name, func(t *testing.T) { onBothServers(t, s.play) })
	}
}

// TestExplainHidesSecrets: an error that no row knows may hold anything.
func TestExplainHidesSecrets(t *testing.T) {
	if e := client.Explain(errors.New("token syt_secret")); e.Code != "internal.error" || strings.Contains(e.Message, "secret") {
		t.Errorf("%+v", e)
	}
}
