#!/usr/bin/env bash
# Locks hold hashes and no addresses, and match what pyproject.toml asks for.
set -eu
cd "$(dirname "$0")/.."
if grep -nE 'https?://|--index-url|--extra-index-url|--find-links' requirements/*.txt; then
    echo "A lock holds a download address: run requirements/lock.sh" >&2
    exit 1
fi
.venv/bin/uv pip check --quiet
.venv/bin/uv pip install --quiet --dry-run --offline --no-deps --require-hashes -r requirements/node.txt
echo "locks: hashes only, environment consistent"
