#!/usr/bin/env bash
# Builds the web console into src/comity/api/static, unless what it is built from is as it was.
set -eu
cd "$(dirname "$0")/.."
stamp=.venv/console
# What the machine trusts, node and npm trust too.
export UV_SYSTEM_CERTS=1 NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"
static=src/comity/api/static
sources=$(find console requirements/console.txt -path console/node_modules -prune -o -type f -print0 | sort -z |
    xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
if [ -f "$static/index.html" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then
    touch "$stamp"
    exit 0
fi
new_enough() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
if ! { command -v npm >/dev/null && new_enough node; }; then
    new_enough .venv/bin/node || .venv/bin/uv pip install --quiet --require-hashes -r requirements/console.txt
    PATH="$PWD/.venv/bin:$PATH"
fi
echo "building the console with node $(node --version) …"
npm ci --prefix console --no-audit --no-fund --loglevel=error
npm run --prefix console --silent build -- --logLevel warn
echo "$sources" > "$stamp"
