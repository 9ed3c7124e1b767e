#!/usr/bin/env bash
# Makes this machine fit to build, run or test dogwatch: checks for Swift 6, then installs the Debian
# packages of packages.txt that are missing. Quick and silent about itself when nothing is.
#
#   Scripts/setup.sh [SECTION…]     sections of packages.txt; all of them by default
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
stop() { printf 'setup: %s\n' "$@" >&2; exit 1; }

# The packages of the sections named as arguments, one a line.
listed() {
    awk -v wanted=" $* " '
        { sub(/#.*/, ""); gsub(/[ \t]/, "") }
        /^\[/ { section = substr($0, 2, length($0) - 2); next }
        $0 != "" && (wanted == "  " || index(wanted, " " section " ")) && !seen[$0]++' packages.txt
}

installed() {
    dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | sort -u
}

check_swift() {
    local version
    version=$(${SWIFT:-swift} --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p') || true
    [ "${version%%.*}" -ge 6 ] 2>/dev/null && return
    stop "Swift 6 is needed, ${version:-none} was found." \
        "Get it from https://www.swift.org/install/linux (the toolchain for Debian 12), for one user with:" \
        "  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" \
        "  tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init" \
        "Then open a new shell, so that \"swift --version\" finds it, and run make again."
}

# Debian starts a server as soon as its package is installed, some of them for the whole network. This
# file says no for as long as we install, unless the machine already has a policy of its own.
policy=/usr/sbin/policy-rc.d
guarded=false
guard() {
    [ -e "$policy" ] && return
    guarded=true
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
}
unguard() { if $guarded; then $sudo rm -f "$policy"; guarded=false; fi; }

# What apt prints goes to a file; packages that are ready show as they come.
apt() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Use-Pty=0 "$@" 2>&1 | tee -a "$log" |
        awk '/^Setting up / { printf "setup:   %3d  %s\n", ++n, $3; fflush() }'
}

install_missing() {
    local before
    before=$(installed)
    guard
    say "installing ${#missing[@]} Debian packages${sudo:+ with sudo}: ${missing[*]}"
    if ! apt install --no-install-recommends "${missing[@]}"; then
        say "updating the package lists"
        apt update || stop "apt-get update failed:" "$(tail -n 15 "$log")"
        apt install --no-install-recommends "${missing[@]}" ||
            stop "apt-get install failed:" "$(tail -n 15 "$log")"
    fi
    unguard
    keep_off "$(comm -13 <(printf '%s\n' "$before") <(installed))"
}

# Tests and the demo start their own servers: those that came with the packages stay off at boot too.
keep_off() {
    local units
    command -v systemctl >/dev/null || return 0
    units=$(for package in $1; do dpkg -L "$package" 2>/dev/null; done |
        sed -nE 's#.*/lib/systemd/system/([^@/]*\.(service|socket|timer))$#\1#p' | sort -u)
    for unit in $units; do
        $sudo systemctl disable "$unit" >/dev/null 2>&1 && say "$unit stays off at boot" || true
    done
}

check_swift
mapfile -t wanted < <(listed "$@")
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || stop \
    "this is no Debian: install what these packages hold, then run make with SETUP= to skip this step:" \
    "  ${wanted[*]}"
mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) <(installed))
if [ "${#missing[@]}" -eq 0 ]; then
    say "all ${#wanted[@]} packages are there"
    exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || stop \
        "${#missing[@]} Debian packages are missing, and there is neither root nor sudo. As root, run:" \
        "  apt-get install --no-install-recommends ${missing[*]}"
    sudo=sudo
fi
log=$(mktemp)
trap 'unguard; rm -f "$log"' EXIT
trap 'exit 130' INT TERM HUP
install_missing
say "done"
