# Builds, tests and installs notes with GNU make. `make help` lists the targets.

SHELL = /bin/sh
CARGO ?= cargo
PREFIX ?= $(HOME)/.local
DESTDIR ?=

TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
NOTES = $(TARGET_DIR)/release/notes

# The programs that a target needs and installs itself, in these versions.
TOOLS_DIR = $(TARGET_DIR)/tools
CARGO_DEB = 3.8.0
CARGO_GENERATE_RPM = 0.21.1
CARGO_DENY = 0.20.2

# What --version says. Other ways to build have none, so that a commit does not mean to compile again.
build quickstart dist: export NOTES_COMMIT := $(or $(NOTES_COMMIT),$(shell git rev-parse --short=12 HEAD 2>/dev/null))

# The targets that `make check-targets` compiles for, besides the system's own.
OTHER_TARGETS = x86_64-unknown-linux-musl aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin \
	x86_64-unknown-freebsd

# What `make fuzz` runs, and for how long each.
FUZZ_TARGETS = $(notdir $(basename $(wildcard fuzz/fuzz_targets/*.rs)))
SECONDS = 600

# The variables that name another server than the private Redis.
OTHER_SERVER = REDIS_URL REDIS_HOST REDIS_PORT REDIS_DB REDIS_USERNAME REDIS_PASSWORD REDISCLI_AUTH \
	REDIS_SENTINEL_PASSWORD

# A test waits for servers and for timeouts about half of its time.
test test-servers: export RUST_TEST_THREADS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))

.DEFAULT_GOAL := help
.PHONY: help quickstart deps test-deps build test test-servers lint ci generate image faults fuzz schemathesis bench bench-find bench-large bench-read bench-serve bench-watch install uninstall dist packagers deny check-targets release-check clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

quickstart: ## Install what is missing, build, and add a first note
	@unset $(OTHER_SERVER); CARGO='$(CARGO)' PREFIX='$(PREFIX)' sh .ci/quickstart '$(NOTES)'

deps: ## Install a Redis server with the system's package manager, if there is none
	@sh .ci/deps

test-deps: ## The same with jq, faketime and the shells whose completion is tested
	@sh .ci/deps zsh fish jq faketime

build: ## Build the program
	$(CARGO) build --release --locked

test: test-deps ## Run all tests, of TARGET if it is set
	$(CARGO) test --locked $(if $(TARGET),--target '$(TARGET)')

test-servers: test-deps ## Run all tests on each of SERVERS="/path/redis-server /path/valkey-server"
	@CARGO='$(CARGO)' sh .ci/test-servers $(SERVERS)

lint: ## Check the format, the lints and the documentation
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --document-private-items
	sh .ci/words
	@# To compile it takes minutes, so that a new machine does without; the CI has it by `make deny`.
	@if PATH='$(TOOLS_DIR)/bin':"$$PATH" command -v cargo-deny >/dev/null; then \
		PATH='$(TOOLS_DIR)/bin':"$$PATH" $(CARGO) deny --offline --locked check bans licenses sources; \
	else \
		echo 'lint: the dependencies are not checked, as cargo-deny is not here; `make deny` installs it'; \
	fi

ci: ## Run everything that a change has to pass
	bash .ci/run

generate: deps ## Generate the manual and the screenshots
	SNAPSHOTS=overwrite $(CARGO) test --locked --test it generated

image: deps ## Build the image with docker, podman or buildah, and store a note by it
	@sh .ci/image

faults: deps ## Test connection cuts, kills and full servers; print what was lost
	NOTES_FAULTS=all $(CARGO) test --locked --lib http::tests::hostile
	NOTES_FAULTS=all $(CARGO) test --locked --test it faults -- --nocapture
	NOTES_FAULTS=all $(CARGO) test --locked --test it the_events_of -- --nocapture

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

bench-find: deps ## Compare finding and importing notes with redis-cli and rg, at 10,000 and 100,000 notes
	$(CARGO) bench --locked --bench find

bench-large: deps ## Measure time, memory and SLOWLOG at 100,000 and 1,000,000 notes
	$(CARGO) bench --locked --bench large

bench-read: deps ## Compare reading 10,000 notes with what the server itself needs for it
	$(CARGO) bench --locked --bench read

bench-watch: deps ## Measure how soon notes watch tells of a change, its start and its memory
	$(CARGO) bench --locked --bench watch

bench-serve: deps ## Compare notes serve with redis-benchmark, and measure what readers of events cost; needs wrk
	@command -v wrk >/dev/null || { \
		echo 'bench-serve: wrk is not in PATH; install it: apt-get install wrk, dnf install wrk, brew install wrk' >&2; \
		exit 1; }
	@command -v redis-benchmark >/dev/null || command -v valkey-benchmark >/dev/null || { \
		echo 'bench-serve: neither redis-benchmark nor valkey-benchmark is in PATH; they come with redis-cli' >&2; \
		exit 1; }
	$(CARGO) bench --locked --bench serve

install: build ## Install the program, its manual and its completions to PREFIX
	@PROGRAM='$(NOTES)' PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' sh ./install.sh

uninstall: ## Remove what install installed; the notes stay
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' sh ./install.sh --uninstall

dist: packagers ## Make the archive, the packages and their checksums, of TARGET if it is set
	@CARGO='$(CARGO)' PATH='$(TOOLS_DIR)/bin':"$$PATH" sh .ci/dist '$(TARGET)'

packagers:
	@$(call install_tool,cargo-deb,$(CARGO_DEB))
	@$(call install_tool,cargo-generate-rpm,$(CARGO_GENERATE_RPM))

deny: ## Check licences, advisories and duplicates of the dependencies
	@$(call install_tool,cargo-deny,$(CARGO_DENY))
	PATH='$(TOOLS_DIR)/bin':"$$PATH" $(CARGO) deny --locked check

# Installs a program unless this version of it is there. Unoptimized, as it runs once.
install_tool = grep -qs '"$(1) $(2) ' '$(TOOLS_DIR)/.crates2.json' || \
	CARGO_PROFILE_DEV_DEBUG=0 $(CARGO) install --locked --profile dev --root '$(TOOLS_DIR)' $(1)@$(2)

check-targets: ## Check that notes compiles for OTHER_TARGETS; needs rustup
	@sh .ci/check-targets $(OTHER_TARGETS)

release-check: ## Check that this commit can be tagged as a release
	@sh .ci/release-check

clean: ## Remove what was built
	$(CARGO) clean
