#!/usr/bin/env bash
# Sees to a Chromium for the browser tests: Debian's, installed here if we may.
set -eu
if command -v chromium >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing chromium …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null && exit 0
fi
echo "The browser tests need Chromium, which only root can install: apt-get install chromium" >&2
echo "Everything else works without it." >&2
