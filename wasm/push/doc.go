// Package push decides what an event is to its reader: whether it notifies, with
// what sound, and whether it stands out (spec: Push rules; FEATURES A.6).
//
// Its laws: whatever comes from outside, a rule that it does not understand never
// matches, and nothing panics. An event is judged as it is read, so what was
// encrypted is judged once more when it is decrypted. What costs is work in
// proportion to an event's length times a pattern's, whatever they are.
package push
