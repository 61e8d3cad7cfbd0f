// Command worker is the core as a program: in a web worker, where frames come
// from and go to globalThis.alcoveCore, for any number of pages, and natively,
// where they are lines of one page on standard input and output, so that
// JavaScript can be tested against the core without a browser.
//
// Its law: wiring only.
package main
