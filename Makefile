# The two commands of a newcomer are `make demo` and `make test`. Everything else is what they are made of.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# What building needs (Tauri's tray and webview), and what the tests and the demo run against.
BUILD_PACKAGES := build-essential pkg-config libwebkit2gtk-4.1-dev libdbus-1-dev
RUN_PACKAGES := awscli chromium chromium-driver dbus firefox-esr gnome-keyring libglib2.0-bin libsecret-tools mitmproxy procps openssl python3 python3-venv xvfb \
  adwaita-icon-theme fonts-dejavu-core openbox sway webkit2gtk-driver xclip xdotool xfce4-notifyd xfce4-panel xfconf fish zsh
CHECK_PACKAGES := node-typescript
DENY_VERSION := 0.20.2

.PHONY: help
help:
	@echo "make demo    install what is missing, build, and try it on a simulated AWS"
	@echo "make test    install what is missing, build, and run every test"
	@echo "make check   format, lints, documentation, licences"
	@echo "make check-platforms  type-check and lint the code for Windows and macOS too (wants rustup; takes minutes)"
	@echo "make pictures  take the README's pictures from the real program"
	@echo "make bench   speed, with the AWS CLI and boto3 side by side"
	@echo "make package a .deb and a .rpm in target/packages (wants npm, for Tauri's bundler)"
	@echo "make deps    only install what is missing (apt, cargo, boto3 in .venv, other SDKs in target/clients)"

# Says what it will install before it does, and nothing where nothing is missing.
.PHONY: deps
deps: deps-packages deps-python deps-clients

.PHONY: deps-packages
deps-packages:
	@missing=""; \
	for package in $(BUILD_PACKAGES) $(RUN_PACKAGES) $(CHECK_PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing with apt:$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

# boto3 in its newest version is one of the judges of the simulator.
.PHONY: deps-python
deps-python: .venv/.made

.venv/.made:
	@echo "Installing boto3 into .venv"
	@/usr/bin/python3 -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check boto3
	@touch $@

# Clients of other languages, for tests/matrix.rs; made anew when what they are made of changes.
.PHONY: deps-clients
deps-clients: target/clients/js/.made target/clients/go/.made

target/clients/js/.made: $(wildcard tests/clients/js/*) tests/clients/js/.npmrc | deps-node
	@echo "Installing the JavaScript SDK with npm into $(@D)"
	@rm -rf $(@D) && mkdir -p $(@D) && cp -R tests/clients/js/. $(@D)
	@npm ci --silent --no-audit --no-fund --ignore-scripts --prefix $(@D)
	@touch $@

# Debian's Go may be too old for the SDK, and no compiler is brought for a test: without one, the tests of this client
# say that they are left out, and why.
target/clients/go/.made: $(wildcard tests/clients/go/*)
	@rm -rf $(@D) && mkdir -p $(@D); \
	wanted=$$(sed -n 's/^go //p' tests/clients/go/go.mod); \
	have=$$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//' || true); \
	if [ "$$(printf '%s\n' "$$wanted" "$${have:-0}" | sort -V | head -1)" != "$$wanted" ]; then \
	  echo "it needs Go $$wanted or newer, and here is $${have:-none}" >$(@D)/left-out; \
	  echo "The Go SDK is left out: $$(cat $(@D)/left-out)"; \
	else \
	  echo "Building the Go SDK's client into $(@D)"; \
	  GOTOOLCHAIN=local go build -C tests/clients/go -buildvcs=false -o $(CURDIR)/$(@D)/whoami .; \
	  touch $@; \
	fi

.PHONY: deps-node
deps-node:
	@{ node --version && npm --version; } >/dev/null 2>&1 || { \
	  echo "Installing with apt: nodejs npm"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; \
	}

.PHONY: deps-deny
deps-deny:
	@cargo deny --version 2>/dev/null | grep -q . || { \
	  echo "Installing cargo-deny $(DENY_VERSION) with cargo"; \
	  cargo install --quiet --locked cargo-deny@$(DENY_VERSION); \
	}

.PHONY: build
build: deps-packages
	cargo build --bins

.PHONY: test
# The tests mostly wait for other programs, so more of them than there are cores run at once.
test: deps
	RUST_TEST_THREADS=$${RUST_TEST_THREADS:-4} cargo test --workspace --no-fail-fast

.PHONY: check
check: deps-packages deps-deny
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet
	tsc --project ui
	cargo deny --log-level error check bans licenses sources

# Not part of `check`: CI compiles the code on those systems.
.PHONY: check-platforms
check-platforms:
	tests/platforms.sh

# The list of known vulnerabilities is fetched from the internet, so it has a target of its own.
.PHONY: audit
audit: deps-deny
	cargo deny --log-level error check advisories

.PHONY: bench
bench: deps
	cargo bench --bench speed
	cargo bench --bench desktop

.PHONY: demo
demo: deps-packages
	@cargo build --quiet --bins
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	  echo "There is a display: the desktop application opens, on a made-up company. In a terminal: make demo-terminal"; \
	  target/debug/rolecall-desktop --demo; \
	else \
	  echo "There is no display (DISPLAY and WAYLAND_DISPLAY are empty): this is the guided run for a terminal."; \
	  tests/demo.sh target/debug/rolecall; \
	fi

.PHONY: demo-terminal
demo-terminal: deps-packages
	@cargo build --quiet --bin rolecall
	@tests/demo.sh target/debug/rolecall

# From the real program; look at them before they are committed.
.PHONY: pictures
pictures: RUN_PACKAGES += imagemagick
pictures: deps-packages
	cargo build --bins
	tests/pictures.sh target/debug docs/pictures

# Tauri's bundler as npm has it, because it comes built: with cargo it takes longer than everything else here.
TAURI_CLI := target/tauri-cli/node_modules/.bin/tauri

# What the tests run against is not wanted here. Tauri's bundler asks for a library of other trays than ours.
.PHONY: deps-package
deps-package: $(TAURI_CLI)
	@$(MAKE) --no-print-directory deps-packages RUN_PACKAGES=libayatana-appindicator3-dev CHECK_PACKAGES=

$(TAURI_CLI): | deps-node
	@echo "Installing @tauri-apps/cli@2 with npm into target/tauri-cli"
	@npm install --silent --no-audit --no-fund --ignore-scripts --prefix target/tauri-cli @tauri-apps/cli@2
	@touch $@

# The build is Tauri's own, because it makes a difference to the programs; the bundler then packs what is there.
.PHONY: package
package: deps-package
	$(TAURI_CLI) build --no-bundle -- --locked
	@mkdir -p target/completions
	@for shell in bash fish zsh; do \
	  file=rolecall.$$shell; [ $$shell != zsh ] || file=_rolecall; \
	  target/release/rolecall completions $$shell > target/completions/$$file; \
	done
	@# Of an earlier version.
	@rm -rf target/release/bundle/deb target/release/bundle/rpm target/packages
	$(TAURI_CLI) bundle --bundles deb,rpm --config packaging/linux.json
	@mkdir -p target/packages
	@cp target/release/bundle/rpm/*.rpm target/packages
	@# The bundler knows only gzip for a .deb, where xz makes it a third smaller, and of what the programs need only Tauri's
	@# own part, with a library of other trays than ours.
	@for deb in target/release/bundle/deb/*.deb; do \
	  raw=target/release/bundle/deb/raw; \
	  dpkg-deb --raw-extract $$deb $$raw; \
	  mkdir -p $$raw/debian && touch $$raw/debian/control; \
	  needs=$$(cd $$raw && dpkg-shlibdeps --warnings=0 -O usr/bin/* 2>/dev/null | sed -n 's/^shlibs:Depends=//p'); \
	  rm -r $$raw/debian; \
	  test -n "$$needs"; \
	  sed -i "s/^Depends: .*/Depends: $$needs/" $$raw/DEBIAN/control; \
	  dpkg-deb --root-owner-group -Zxz --build $$raw target/packages/$$(basename $$deb) >/dev/null; \
	done
	@ls -l target/packages
