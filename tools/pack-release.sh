#!/bin/sh
# Packs a tagged release into artifacts/: both packages, the modules, SBOMs, their checksums and the notes.
# Usage: sh tools/pack-release.sh v0.2.0, after `npm ci`, `npm ci --prefix tools` and `npm run build` at the tag.
set -eu
cd "$(dirname "$0")/.."
tag=${1:?the tag is missing, such as v0.2.0}
version=$(node -p 'require("./runtime/package.json").version')
if [ "$tag" != "v$version" ]; then
  echo "error: tag $tag does not match the version $version in runtime/package.json" >&2
  exit 1
fi
rm -rf artifacts
mkdir -p artifacts/files

# Users read the notes outside of the repository, so links to files become links to the tag.
repository=$(node -p 'require("./runtime/package.json").repository.url.replace(/^git\+|\.git$/g, "")')
sed -n "/^## \[$version\]/,/^## \[/p" CHANGELOG.md |
  sed -E -e '/^## \[/d' -e "s|\]\(([^)#:][^):]*\))|](${repository}/blob/$tag/\1|g" > artifacts/notes.md
if [ ! -s artifacts/notes.md ]; then
  echo "error: CHANGELOG.md has no section for $version" >&2
  exit 1
fi

# A build removes it again: only a released package has the reference.
npm run reference --prefix tools
mkdir -p runtime/dist/reference
cp -R docs/reference/srv-dialer.md docs/reference/srv-dialer runtime/dist/reference/

cd artifacts/files
# A file for each module, as a repository of its own would have it.
for folder in ../../modules/*/; do
  module=$(basename "$folder")
  name="terraform-aws-ecs-$module-$version"
  mkdir "$name"
  git -C ../.. archive "HEAD:modules/$module" | tar -x -C "$name"
  cp ../../LICENSE "$name"
  time=$(git -C ../.. log -1 --format=%ct)
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -c "$name" | gzip -n > "$name.tar.gz"
  rm -r "$name"
done

# Each SBOM is created from the packed package, because in the repository npm omits packages that are also
# development dependencies.
for folder in runtime harness/ecs; do
  package=$(npm pack --silent --ignore-scripts "../../$folder")
  tar -xzf "$package"
  npm install --prefix package --package-lock-only --ignore-scripts --omit=dev --omit=peer --silent
  npm sbom --prefix package --package-lock-only --omit=dev --omit=peer --sbom-format=spdx > "${package%.tgz}.spdx.json"
  rm -r package
done

sha256sum -- * > SHA256SUMS
