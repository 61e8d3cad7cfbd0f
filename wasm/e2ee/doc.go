// Package e2ee is the encryption machine: it knows this device's keys, other
// users' devices and whom to believe, opens what comes encrypted and encrypts
// what goes out (Matrix spec, client-server API, end-to-end encryption).
//
// Its laws:
//
//   - It does no I/O. It is told what the server said and asked what to send;
//     records come through a Reader, time and randomness through a Platform.
//   - All work happens in a Work, which sees what was stored and changes nothing
//     but itself. Its records are one part of the ledger's commit, and only when
//     that has completed the machine is what the Work made of it. A Work that is
//     dropped never happened (law 1 of the house).
//   - What advances a ratchet or uses up a key is stored before it is sent, and
//     goes again with the same bytes (law 2).
//   - Errors are of storage. Whatever else may be wrong with what came from
//     outside costs that input alone, and is told as a reason, never with a
//     key or a text in it.
//
// It does not know rooms' state, HTTP or when to ask the server: those are the
// ledger's, the courier's and the syncer's.
package e2ee
