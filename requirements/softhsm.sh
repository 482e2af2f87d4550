#!/usr/bin/env bash
# Sees to SoftHSM for the tests of keys in hardware: Debian's, installed here if we may.
set -eu
if command -v softhsm2-util >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing softhsm2 …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y softhsm2 >/dev/null && exit 0
fi
echo "The tests of keys in hardware need SoftHSM, which only root can install: apt-get install softhsm2" >&2
echo "Everything else works without it." >&2
