#!/bin/sh
# Packs a tagged release into artifacts/: both packages, the modules, SBOMs, their checksums and the notes.
# Usage: sh tools/pack-release.sh v0.2.0, after `npm ci` and `npm run build` at the tag.
set -eu
cd "$(dirname "$0")/.."
tag=${1:?a tag such as v0.2.0}
version=$(node -p 'require("./runtime/package.json").version')
if [ "$tag" != "v$version" ]; then
  echo "error: tag $tag: runtime/package.json has the version $version" >&2
  exit 1
fi
rm -rf artifacts
mkdir -p artifacts/files

# The notes are read outside of the repository: their links to files become links to the tag.
repository=$(node -p 'require("./runtime/package.json").repository.url.replace(/^git\+|\.git$/g, "")')
sed -n "/^## \[$version\]/,/^## \[/p" CHANGELOG.md |
  sed -E -e '/^## \[/d' -e "s|\]\(([^)#:][^):]*\))|](${repository}/blob/$tag/\1|g" > artifacts/notes.md
if [ ! -s artifacts/notes.md ]; then
  echo "error: CHANGELOG.md has no section of $version" >&2
  exit 1
fi

cd artifacts/files
git -C ../.. archive --prefix="terraform-modules-$version/" HEAD modules LICENSE |
  gzip -n > "terraform-modules-$version.tar.gz"

# The SBOM of each packed package alone: in the repository, npm leaves out what is a development dependency too.
for folder in runtime harness/ecs; do
  package=$(npm pack --silent --ignore-scripts "../../$folder")
  tar -xzf "$package"
  npm install --prefix package --package-lock-only --ignore-scripts --omit=dev --omit=peer --silent
  npm sbom --prefix package --package-lock-only --omit=dev --omit=peer --sbom-format=spdx > "${package%.tgz}.spdx.json"
  rm -r package
done

sha256sum -- * > SHA256SUMS
