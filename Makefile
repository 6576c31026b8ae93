# `make demo` and `make test` each work on a fresh Debian machine that has a Swift toolchain.

packages := libsqlite3-dev libzstd-dev zlib1g-dev libsnappy-dev liblz4-dev libbrotli-dev libsimdjson-dev \
  libcurl4-openssl-dev pkg-config
sudo := $(if $(filter-out 0,$(shell id -u)),sudo)
sources := Package.swift Sources Tests Benchmarks
# One file that starts at once: the Swift runtime is in it, symbols are not.
release := swift build -c release --product assay --static-swift-stdlib -Xlinker -s

.PHONY: setup build demo test coverage interop soak crash fuzz bench load format lint

# Installs the system libraries that are missing.
setup:
	@command -v swift >/dev/null || { echo "no swift here; see https://www.swift.org/install"; exit 1; }
	@missing=; for package in $(packages); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' \
	    || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  $(sudo) apt-get update -qq && $(sudo) apt-get install -y -qq $$missing; \
	fi

# Builds the command line, .build/release/assay.
build: setup
	$(release)
	@echo "built $$($(release) --show-bin-path)/assay"

# Runs the main job on the data in Examples.
demo: build
	@Examples/demo.sh

# Foundation's Process reads some bytes beyond its arguments, which ends the tests where those lie at the end of a thread's
# arena, behind which nothing is mapped; in the main one more follows.
test: setup
	MALLOC_ARENA_MAX=1 swift test --disable-xctest

# Prints the share of lines that the tests run, for each module.
coverage: setup
	Tests/coverage $(ARGS)

# Hands 100,000 damaged files of each format to its reader.
fuzz: setup
	swift build -c release --product fuzz
	.build/release/fuzz all 100000

# Loads, writes and attacks what `assay serve` serves, with the Python clients that people use.
interop: setup
	@command -v zstd >/dev/null && command -v jq >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null \
	  || { $(sudo) apt-get update -qq && $(sudo) apt-get install -y -qq python3-venv zstd jq; }
	Tests/Interop/run $(ARGS)

# What takes minutes, by hand: each script of Tests/Soak/, with ARGS (`--minutes 5`).
soak: build
	set -e; for script in Tests/Soak/*.py; do $$script $(ARGS); done

# Kills runs of models at 100 random moments and counts what was bought twice; ARGS are those of the script (`--seed 2`).
crash: build
	Tests/Soak/run_kills.py $(ARGS)

# Measures everything that has a budget, and writes docs/benchmarks.md.
bench: build
	Benchmarks/run

# Loads the server beside nginx, and adds the figures to docs/benchmarks.md.
load: build
	@command -v wrk >/dev/null && command -v nginx >/dev/null \
	  || { $(sudo) apt-get update -qq && $(sudo) apt-get install -y -qq wrk nginx-light; }
	Benchmarks/load

format:
	swift format -i -p -r $(wildcard $(sources))

lint:
	swift format lint --strict -p -r $(wildcard $(sources))
