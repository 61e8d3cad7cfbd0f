// Runs a Go test binary for js/wasm under Node, with fake-indexeddb and the
// storage shim:
//   GOOS=js GOARCH=wasm go test -exec "node $PWD/build/browsertest/node.mjs" ./storage/idb
import 'fake-indexeddb/auto';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import '../../storage/idb/shim.js';

const require = createRequire(import.meta.url);
const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
globalThis.require = require; // wasm_exec_node.js expects a CommonJS world
require(join(root, 'lib/wasm/wasm_exec_node.js'));
