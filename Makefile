# Targets that a person types. `make test` is what CI runs (see .ci/run).
GO ?= go
LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.DEFAULT_GOAL := help
.PHONY: help build run demo test race lint fuzz bench bench-match quality soak screenshot

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the one binary, in bin/lamro
	$(GO) build -trimpath -o bin/lamro ./cmd/lamro

run: ## the whole system; set CONTACT to the address the sites you visit may write to
	$(GO) run ./cmd/lamro up --contact "$(CONTACT)"

demo: ## the whole loop on an invented web, without internet
	$(GO) run ./cmd/lamro demo

test: ## all tests; what needs something absent says so in one line
	$(GO) vet ./...
	$(GO) test ./...

race: ## the rooms with goroutines, under the race detector
	$(GO) test -race ./crawler/... ./analyzer/... ./alerter/... ./internal/...

lint: ## golangci-lint (its first build takes minutes)
	$(GO) run $(LINT) run

fuzz: ## each fuzz target for FUZZTIME (default 2m)
	./internal/fuzz.sh $${FUZZTIME:-2m}

bench: ## the whole road and each part that runs per article
	$(GO) test -run '^$$' -bench . -benchtime 2s ./bench/... ./crawler/extract/... ./analyzer/match/... ./internal/vietnamese/... ./internal/index/...

bench-match: ## the matcher beside Lucene Monitor (LAMRO_QUALITY_DATA, a JDK 21, Maven the first time)
	$(GO) test -count=1 -timeout 2h -v -run '^TestMonitor$$' ./bench/match -monitor

quality: ## measures on real texts: LAMRO_QUALITY_DATA names the directory that holds them
	@if [ -z "$$LAMRO_QUALITY_DATA" ]; then echo "quality: LAMRO_QUALITY_DATA is not set, so nothing was measured"; else \
	$(GO) test -count=1 -timeout 60m -v -run 'Quality' ./bench/... ./crawler/... ./analyzer/... ./internal/... 2>&1 | grep -v '^=== '; fi

soak: ## long forms: kill -9 loops and fuzzing, for SOAK (default 10m)
	LAMRO_SOAK=$${SOAK:-10m} $(GO) test -count=1 -timeout 24h -run 'Soak|Kill' -v ./internal/e2e/...
	FUZZTIME=$${SOAK:-10m} $(MAKE) fuzz

screenshot: ## the picture in README, taken from a running demo (needs Chromium)
	LAMRO_SCREENSHOT=docs/screens $(GO) test -count=1 -run TestWholeRoadInABrowser ./internal/e2e/...
