/** Go's own loader, which the build takes from the Go distribution. */
declare module "go:wasm_exec";

/** Defines globalThis.alcoveIDB. */
declare module "*/storage/idb/shim.js";
