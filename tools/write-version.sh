#!/bin/sh
# Writes the version of a release into all examples that use a module from Git (`?ref=vX.Y.Z`).
# release-it runs it first, so it also refuses a release that npm would refuse after the tag is public.
# Usage: sh tools/write-version.sh 0.2.0
set -eu
cd "$(dirname "$0")/.."
if [ -z "$(node -p 'require("./runtime/package.json").repository?.url ?? ""')" ]; then
  echo "error: runtime/package.json has no repository.url; see docs/maintainers.md" >&2
  exit 1
fi
git grep -lz '//modules/[a-z-]*?ref=v' -- README.md docs modules |
  VERSION=$1 xargs -0 perl -pi -e 's{(//modules/[a-z-]+\?ref=v)\d+\.\d+\.\d+}{$1$ENV{VERSION}}g'
