// Package verification is how two people, or two devices of one, make sure of
// each other's keys: by comparing emoji or numbers (SAS), or by scanning a QR
// code, in a room or from device to device (spec: client-server API, device
// verification).
//
// Its laws:
//
//   - No keys are proven but those that were known when the other device was,
//     and the user had the last word: equal emoji, or a code that was scanned.
//   - What is not expected, or not as the spec has it, ends the verification it
//     belongs to, and no other. Who takes no part in it changes nothing.
//   - Whatever comes or does not come, a verification ends: by a time limit, if by
//     nothing else. How many are remembered is bounded.
//   - No private key, shared secret or text of somebody else is in an error or in
//     what is shown.
//
// It sends nothing, signs nothing and stores nothing: calls return what is to be
// sent and which verifications changed, and the owner signs what a finished one
// has proven. A verification does not survive a reload, as elsewhere: its
// ephemeral key is in memory alone. Close says so to the other side. After a
// kill, their next message from device to device is answered with a cancellation;
// in a room nobody can tell it from others', and the time limit ends it.
//
// Requests are for one goroutine at a time.
package verification
