package homeserver_test

import (
	"os"
	"strings"
	"testing"
)

// servers returns the origins that TestFetchInNode started.
func servers(t *testing.T) (here, elsewhere string) {
	t.Helper()
	here, elsewhere, ok := strings.Cut(os.Getenv("ALCOVE_FETCH_SERVERS"), " ")
	if !ok {
		t.Skip("no servers; run the native tests, which start them")
	}
	return here, elsewhere
}
