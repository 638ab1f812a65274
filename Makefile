# Builds, tests and installs notes with GNU make. `make help` lists the targets.

SHELL = /bin/sh
CARGO ?= cargo
PREFIX ?= $(HOME)/.local
DESTDIR ?=

TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
NOTES = $(TARGET_DIR)/release/notes

BIN_DIR = $(DESTDIR)$(PREFIX)/bin
MAN_DIR = $(DESTDIR)$(PREFIX)/share/man/man1
BASH_DIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH_DIR = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISH_DIR = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
# Not share/notes, which is the data directory where PREFIX is ~/.local.
DOC_DIR = $(DESTDIR)$(PREFIX)/share/doc/notes

# What `make fuzz` runs, and for how long each.
FUZZ_TARGETS = $(notdir $(basename $(wildcard fuzz/fuzz_targets/*.rs)))
SECONDS = 600

# The variables that name another server than the private Redis.
OTHER_SERVER = REDIS_URL REDIS_HOST REDIS_PORT REDIS_DB REDIS_USERNAME REDIS_PASSWORD REDISCLI_AUTH \
	REDIS_SENTINEL_PASSWORD

.DEFAULT_GOAL := help
.PHONY: help quickstart deps test-deps build test test-servers lint ci generate image faults fuzz schemathesis bench bench-find bench-large bench-read bench-serve install uninstall clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

quickstart: deps build ## Install what is missing, build, and add a first note
	@# An empty directory, so that no .env is read, neither from here nor from the user's configuration.
	@set -e; \
	case "$${NOTES_DATA_DIR-}" in ''|/*|'~'*) ;; *) export NOTES_DATA_DIR="$$PWD/$$NOTES_DATA_DIR" ;; esac; \
	unset $(OTHER_SERVER); \
	nowhere=$$(mktemp -d); trap 'rmdir "$$nowhere"' EXIT; cd "$$nowhere"; \
	export XDG_CONFIG_HOME="$$nowhere"; \
	echo '$$ notes add "My first note" -c "kept in a Redis of my own"'; \
	'$(NOTES)' add "My first note" -c "kept in a Redis of my own"; \
	echo '$$ notes list'; \
	'$(NOTES)' list
	@echo 'notes is $(NOTES); `make install` copies it to $(PREFIX)/bin'

deps: ## Install a Redis server with the system's package manager, if there is none
	@sh .ci/deps

test-deps: ## The same with jq, faketime and the shells whose completion is tested
	@sh .ci/deps zsh fish jq faketime

build: ## Build the program
	$(CARGO) build --release --locked

test: test-deps ## Run all tests
	$(CARGO) test --locked

test-servers: test-deps ## Run all tests on each of SERVERS="/path/redis-server /path/valkey-server"
	@CARGO='$(CARGO)' sh .ci/test-servers $(SERVERS)

lint: ## Check the format, the lints and the documentation
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --document-private-items
	sh .ci/words

ci: ## Run everything that a change has to pass
	bash .ci/run

generate: deps ## Generate the manual and the screenshots
	SNAPSHOTS=overwrite $(CARGO) test --locked --test it generated

image: deps ## Build the image with docker, podman or buildah, and store a note by it
	@sh .ci/image

faults: deps ## Test connection cuts, kills and full servers; print what was lost
	NOTES_FAULTS=all $(CARGO) test --locked --lib http::tests::hostile
	NOTES_FAULTS=all $(CARGO) test --locked --test it faults -- --nocapture

fuzz: ## Feed random input to each reader of files, SECONDS=600 each; needs cargo-fuzz
	@command -v cargo-fuzz >/dev/null || { \
		echo 'fuzz: cargo-fuzz is not in PATH; install it: cargo install cargo-fuzz' >&2; \
		exit 1; }
	@# The program forbids unsafe code, so there is nothing for a sanitizer to find.
	@set -e; for target in $(FUZZ_TARGETS); do \
		mkdir -p fuzz/corpus/$$target fuzz/target; \
		TMPDIR="$$PWD/fuzz/target" $(CARGO) fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds tests/it/samples -- \
			-max_total_time=$(SECONDS) -rss_limit_mb=1024 -timeout=10 -print_final_stats=1; \
	done

schemathesis: deps build ## Send generated requests to notes serve; no response may be a 5xx
	@sh .ci/schemathesis '$(NOTES)' '$(TARGET_DIR)/schemathesis'

bench: deps ## Compare the commands with redis-cli, at 10,000 notes
	$(CARGO) bench --locked --bench commands

bench-find: deps ## Compare finding notes with redis-cli and rg, at 10,000 and 100,000 notes
	$(CARGO) bench --locked --bench find

bench-large: deps ## Measure time, memory and SLOWLOG at 100,000 and 1,000,000 notes
	$(CARGO) bench --locked --bench large

bench-read: deps ## Compare reading 10,000 notes with what the server itself needs for it
	$(CARGO) bench --locked --bench read

bench-serve: deps ## Compare notes serve with redis-benchmark; needs wrk
	@command -v wrk >/dev/null || { \
		echo 'bench-serve: wrk is not in PATH; install it: apt-get install wrk, dnf install wrk, brew install wrk' >&2; \
		exit 1; }
	@command -v redis-benchmark >/dev/null || command -v valkey-benchmark >/dev/null || { \
		echo 'bench-serve: neither redis-benchmark nor valkey-benchmark is in PATH; they come with redis-cli' >&2; \
		exit 1; }
	$(CARGO) bench --locked --bench serve

install: build ## Install the program, its manual, its completions and a SKILL.md for agents to PREFIX
	install -d '$(BIN_DIR)' '$(MAN_DIR)' '$(BASH_DIR)' '$(ZSH_DIR)' '$(FISH_DIR)' '$(DOC_DIR)'
	install -m 755 '$(NOTES)' '$(BIN_DIR)/notes'
	install -m 644 man/*.1 '$(MAN_DIR)'
	install -m 644 completions/notes.bash '$(BASH_DIR)/notes'
	install -m 644 completions/_notes '$(ZSH_DIR)/_notes'
	install -m 644 completions/notes.fish '$(FISH_DIR)/notes.fish'
	install -m 644 docs/SKILL.md '$(DOC_DIR)/SKILL.md'

uninstall: ## Remove what install installed; the notes stay
	rm -f '$(BIN_DIR)/notes' '$(BASH_DIR)/notes' '$(ZSH_DIR)/_notes' '$(FISH_DIR)/notes.fish' '$(DOC_DIR)/SKILL.md'
	if cd '$(MAN_DIR)' 2>/dev/null; then rm -f $(notdir $(wildcard man/*.1)); fi

clean: ## Remove what was built
	$(CARGO) clean
