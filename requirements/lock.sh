#!/usr/bin/env bash
# Renews the locks: hashes, and no addresses, so that any mirror of the registry will do.
# lock.sh adds what pyproject.toml newly asks for and keeps the rest; lock.sh --upgrade takes the newest of everything.
set -eu
cd "$(dirname "$0")/.."
upgrade=${1-}
compile() { .venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header \
    --python-version 3.11 ${upgrade:+--upgrade} "$@"; }
compile pyproject.toml -o requirements/node.txt
compile --group build -o requirements/build.txt
compile --group develop pyproject.toml -c requirements/node.txt -o requirements/develop.txt
compile --group bench pyproject.toml -c requirements/node.txt -o requirements/bench.txt
