#!/usr/bin/env bash
# Installs the named locks into .venv, making it first: install.sh PYTHON LOCK…
set -eu
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 # a registry behind the machine's own authority is trusted as pip trusts it
python=$1
shift
if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null; then
    echo "Comity needs Python 3.11 or newer as '$python'. On Debian 12: apt-get install python3.11-venv" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ] && ! "$python" -m venv .venv; then
    rm -rf .venv
    echo "The venv module is missing. On Debian 12: apt-get install python3.11-venv" >&2
    exit 1
fi
if [ ! -x .venv/bin/uv ]; then
    echo "setting up .venv …"
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
fi
locks=()
for lock in "$@"; do locks+=(-r "requirements/$lock.txt"); done
.venv/bin/uv pip install --quiet --compile-bytecode --require-hashes "${locks[@]}"
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
