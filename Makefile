# `make run` shows Alcove on this machine, `make test` proves it. Both install
# what they need.

# goolm: Olm and Megolm in Go instead of the C library.
export GOFLAGS := -tags=goolm
OUT := build/out
PACKAGE := $(OUT)/package
WASM := $(PACKAGE)/alcove.wasm
WASM_FLAGS := -trimpath -ldflags='-s -w'

.PHONY: run build wasm js web generate test test-go test-browser test-js test-e2e size clean

run: web ## build all, start the sandbox homeserver and the UI
	@go run ./build/serve

build: wasm js

wasm: ## the core
	@mkdir -p $(PACKAGE)
	GOOS=js GOARCH=wasm go build $(WASM_FLAGS) -o $(WASM) ./wasm/worker

js: node_modules ## the package's JavaScript and types
	node build/js.mjs

node_modules: package.json package-lock.json
	@command -v npm >/dev/null || { echo "make: npm is missing; install Node.js 20 or newer" >&2; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules

generate: ## both sides of the API, from wasm/api
	go generate ./wasm/api

test: test-go

test-go:
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./storage/... ./wasm/...
	go test ./...

test-js: node_modules
	npx tsc -p js
	npx tsc -p js/test
	node --import tsx --test "js/test/*.test.ts"

size: build
	go run ./build/size

clean:
	rm -rf $(OUT)
