# `make run` shows Alcove on this machine, `make test` proves it. Both install
# what they need.

# goolm: Olm and Megolm in Go instead of the C library.
export GOFLAGS := -tags=goolm
OUT := build/out
PACKAGE := $(OUT)/package
WASM := $(PACKAGE)/alcove.wasm
WASM_FLAGS := -trimpath -ldflags='-s -w'

.PHONY: run go node build wasm js web generate test test-go test-browser test-js test-faults kills test-web test-e2e interop record size bench bench-peers bench-go bench-pages bench-profile bench-check chromium clean

run: go node web ## build all, start the sandbox homeserver and the UI; HOMESERVER=https://… uses a real one
	@go run ./build/serve $(if $(SANDBOX),-file $(SANDBOX))

build: wasm js

go:
	@command -v go >/dev/null || { echo "make: go is missing; install Go 1.26 or newer" >&2; exit 1; }
	@go list -m >/dev/null

node:
	@command -v npm >/dev/null || { echo "make: npm is missing; install Node.js 20 or newer" >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
		{ echo "make: Node.js $$(node --version) is too old; install 20 or newer" >&2; exit 1; }

wasm: | go ## the core
	@mkdir -p $(PACKAGE)
	GOOS=js GOARCH=wasm go build $(WASM_FLAGS) -o $(WASM) ./wasm/worker
	go run ./build/strip $(WASM)

js: node_modules ## the package's JavaScript and types
	node build/js.mjs

web: build ## the UI
	npx vite build -c web/vite.config.ts

node_modules: package.json package-lock.json | node
	npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules

generate: ## both sides of the API, from wasm/api
	go generate ./wasm/api

test: test-go test-browser test-js test-faults test-web test-e2e

test-go: node_modules
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./storage/... ./wasm/...
	go test ./...

# Packages whose tests need a browser, and packages made for wasm, which any
# engine of wasm proves.
IN_BROWSER := ./storage/idb ./build/stored
IN_WASM := ./wasm/curve25519 ./wasm/megolm ./wasm/olm
NODETEST := node --stack-size=8192 $(CURDIR)/build/browsertest/node.mjs
BROWSERTEST := $(CURDIR)/$(OUT)/browsertest

test-browser: node_modules chromium
	go build -o $(BROWSERTEST) ./build/browsertest
	GOOS=js GOARCH=wasm go test -count=1 -exec "$(NODETEST)" $(IN_BROWSER) $(IN_WASM)
	GOOS=js GOARCH=wasm go test -count=1 -exec "$(BROWSERTEST)" $(IN_BROWSER)
	GOOS=js GOARCH=wasm go test -count=1 -exec "$(BROWSERTEST) -enable-features=IdbSqliteBackingStore" $(IN_BROWSER)
	KILL_BROWSER=1 go test -count=1 -run=TestKillBrowser ./build/browsertest
	BROWSERTEST=$(BROWSERTEST) go test -count=1 -run=TestFetchInChromium ./wasm/homeserver

chromium: ## install the browser that the tests need, where we may
	@for c in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		[ -n "$$c" ] && command -v "$$c" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "make: installing Chromium" >&2; apt-get update -qq && apt-get install -y -qq chromium fonts-noto-color-emoji >/dev/null; \
	else echo "make: Chromium is missing; install it, or name its program in CHROMIUM" >&2; exit 1; fi

test-js: build chromium ## the package, in Node and Chromium, against the core and the sandbox
	npx tsc -p js/test
	node --import tsx --test js/test/*.test.ts $(addprefix js/test/browser/,apps.test.ts files.test.ts lives.test.ts)

FAULTS := node --import tsx --test --test-concurrency=1

test-faults: build chromium ## the package in Chromium against kills, lost networks and bad answers
	npx tsc -p js/test
	$(FAULTS) js/test/faults/*.test.ts

kills: build chromium ## many more kills, with and without encryption, on both of Chromium's database engines; SEED and ROUND repeat one
	KILLS=$(or $(KILLS),200) $(FAULTS) js/test/faults/kills.test.ts
	CHROMIUM_FEATURES=IdbSqliteBackingStore KILLS=$(or $(KILLS),200) $(FAULTS) js/test/faults/kills.test.ts
	KILLS=$(or $(KILLS),30) $(FAULTS) js/test/faults/encryptedkills.test.ts
	CHROMIUM_FEATURES=IdbSqliteBackingStore KILLS=$(or $(KILLS),30) $(FAULTS) js/test/faults/encryptedkills.test.ts

test-web: js ## the UI's types and pure parts
	npx tsc -p web
	npx tsc -p web/tsconfig.sw.json
	npx tsc -p web/tsconfig.node.json
	npx tsc -p web/e2e
	node --import tsx --test web/test/*.test.ts

test-e2e: web chromium ## the UI in Chromium: on a fake client, on the sandbox, on Synapse; pictures of a verification in build/out/pictures
	npx vite build -c web/vite.config.ts --mode fake
	ALCOVE_E2E_BUILT=1 node --import tsx --test --test-concurrency=1 web/e2e/*.test.ts
	ALCOVE_HOMESERVER=synapse node --import tsx --test --test-concurrency=1 $(addprefix web/e2e/,chat.test.ts encrypted.test.ts related.test.ts verify.test.ts)

interop: node_modules go ## what clients do together, on Synapse; NAME=backup some scenarios, PEER=mautrix one client
	npx tsc -p build/interop/node
	go run ./build/interop $(if $(NAME),-name '$(NAME)') $(if $(PEER),-peer $(PEER)) $(if $(ON),-on $(ON)) $(if $(WEATHER),-weather $(WEATHER))

record: web chromium ## pictures of three tabs, of which the one that runs the core is closed while it sends
	node --import tsx web/e2e/record.ts $(OUT)/record

size: build ## what the package weighs, against build/bench/budget.json
	GOOS=js GOARCH=wasm go build -trimpath -o $(OUT)/named.wasm ./wasm/worker
	go run ./build/size

bench: $(if $(NAME),bench-peers,bench-peers bench-go) ## beside matrix-js-sdk, in Chromium, into build/out/bench; NAME=push one group, ROOMS=300 one account

BENCH := go run ./build/bench $(if $(NAME),-name $(NAME)) $(if $(ROOMS),-rooms $(ROOMS)) $(if $(RUNS),-runs $(RUNS))

bench-peers: bench-pages
	$(BENCH)

bench-check: bench-pages ## the same against build/bench/budget.json
	$(BENCH) -check

bench-pages: web chromium
	node build/bench/bundle.mjs
	GOOS=js GOARCH=wasm go build $(if $(filter bench-profile,$(MAKECMDGOALS)),-trimpath,$(WASM_FLAGS)) -o $(OUT)/bench/page/cryptodevice.wasm ./build/bench/device/worker

bench-profile: bench-pages ## what each client's time is spent on, with NAME=cold, warm, push, room, hour or crypto
	GOOS=js GOARCH=wasm go build -trimpath -o $(OUT)/named.wasm ./wasm/worker
	$(BENCH) -profile -runs 1

bench-go: build chromium # the first sync in Go alone, commits, curves, Megolm, Olm
	go test -run=- -bench=InitialSync -benchtime=5x ./wasm/syncer
	GOOS=js GOARCH=wasm go test -run=- -bench=InitialSync -benchtime=5x -exec "$(NODETEST)" ./wasm/syncer
	go build -o $(BROWSERTEST) ./build/browsertest
	for engine in "" -enable-features=IdbSqliteBackingStore; do \
		GOOS=js GOARCH=wasm go test -run=- -bench='SealedCommit|Fence' -benchtime=300x -exec "$(BROWSERTEST) $$engine" \
			./wasm/syncer ./storage/idb || exit 1; done
	GOOS=js GOARCH=wasm go test -run=- -bench=. -exec "$(BROWSERTEST)" $(IN_WASM)

clean:
	rm -rf $(OUT)
