# `make help` lists what there is.

PREFIX  ?= /usr/local
DESTDIR ?=
SWIFT   ?= swift
# `make test SETUP=` skips looking for Debian packages.
SETUP   ?= Scripts/setup.sh

# What can go wrong on the way to a person, suite by suite (docs/alerting.md has the table).
FAULTS = PagerFaultTests|PagingTests|PagerFileTests|Delivery.*Tests|DeskTests|DeskClockTests|WatchClockTests|EngineClockTests|LostPageTests|OutboxTests|QuietTests|WholeDayTests|PagerLifeTests

# The products alone: what only the tests need is not built for release.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib --product
BIN     = .build/release

bindir  = $(DESTDIR)$(PREFIX)/bin
share   = $(DESTDIR)$(PREFIX)/share/dogwatch
doc     = $(DESTDIR)$(PREFIX)/share/doc/dogwatch

.PHONY: all build setup setup-all demo test faults lint bench install uninstall clean help

all: build

## build      dogwatch and dogwatch-demo, for release (what plain `make` does)
build:
	$(RELEASE) dogwatch
	$(RELEASE) dogwatch-demo

## demo       a little production with real servers, and the dashboard on it
demo: setup build
	$(BIN)/dogwatch demo

## test       every test; servers that are missing are installed first
test: setup-all
	SWIFT="$(SWIFT)" Scripts/test.sh

## faults     the pager under faults: 1,000 histories of crashes and bad receivers, minutes
faults: setup-all
	FAULT_RUNS=1000 TEST_SECONDS=3600 SWIFT="$(SWIFT)" Scripts/test.sh --filter '$(FAULTS)'

## lint       formatting, shell scripts, and rules that a compiler cannot check
lint:
	SWIFT="$(SWIFT)" Scripts/lint.sh

## bench      the budgets, measured: a table of figures and limits (Benchmarks/README.md)
bench: setup-all build
	$(RELEASE) SeriesBenchmark
	$(RELEASE) ScreenBenchmark
	$(RELEASE) ProbeBenchmark
	$(RELEASE) ExpositionBenchmark
	$(RELEASE) HistoryBenchmark
	$(RELEASE) PromQLBenchmark
	$(RELEASE) PagerBenchmark
	$(BIN)/SeriesBenchmark
	$(BIN)/ExpositionBenchmark
	$(BIN)/HistoryBenchmark
	$(BIN)/PromQLBenchmark
	$(BIN)/PagerBenchmark
	Scripts/bench.sh $(BIN)

## install    into PREFIX (/usr/local), below DESTDIR when that is set
install: build
	install -d $(bindir) $(share)/Themes $(share)/Scripts $(doc)/docs
	install -m 755 $(BIN)/dogwatch $(BIN)/dogwatch-demo $(bindir)
	install -m 644 config.toml $(share)
	install -m 644 Themes/*.toml $(share)/Themes
	install -d $(share)/Plans
	install -m 644 Plans/*.md Plans/*.toml $(share)/Plans
	install -d $(share)/Rules/Tests $(share)/Rules/Runbooks
	install -m 644 Rules/*.yml Rules/*.toml $(share)/Rules
	install -m 644 Rules/Tests/*.yml $(share)/Rules/Tests
	install -m 644 Rules/Runbooks/*.md $(share)/Rules/Runbooks
	install -m 755 Scripts/containers.sh $(share)/Scripts
	install -m 644 README.md CHANGELOG.md config.toml $(doc)
	install -m 644 docs/*.md $(doc)/docs

## uninstall  what install put there
uninstall:
	rm -f $(bindir)/dogwatch $(bindir)/dogwatch-demo
	rm -rf $(share) $(doc)

## clean      everything that was built
clean:
	rm -rf .build

setup:
	$(if $(SETUP),$(SETUP) build run)

setup-all:
	$(if $(SETUP),$(SETUP) build run compare)

help:
	@sed -n 's/^## /  make /p' Makefile
