// Package idb keeps a database in the browser's IndexedDB.
//
// Its law: one call into JavaScript for a transaction. The calls go to shim.js,
// beside this file, which the program's worker must have imported. On targets
// other than the browser the package offers nothing.
//
// Keys are out of line and binary, values are byte arrays, and there are no
// native indexes. Who owns a database is written as a counter, the epoch, into
// the store "_epoch", which no schema can name: Open raises it in a strict
// commit, and every write transaction compares it before it commits.
//
// It does not decide who should own the database (the page's Web Lock does),
// and it does not reopen what was closed.
package idb
