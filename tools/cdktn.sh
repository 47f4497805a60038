#!/bin/sh
# Synthesizes a copy of the stacks with CDK Terrain, the fork of CDKTF, and compares the result with CDKTF's.
# Installs the fork first (480 MB). Exit 0: only the versions of library and provider differ.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
work=$root/node_modules/.cache/cdktn
rm -rf "$work/stacks" "$work/modules" "$work/command-line" "$work/cdktf.out" "$work/cdktn.out"
mkdir -p "$work"
cp -r command-line modules stacks environments.ts main.ts "$work"
find "$work/command-line" "$work/stacks" "$work/main.ts" -name '*.ts' \
  -exec sed -i -E 's#"cdktf("|/)#"cdktn\1#; s#"@cdktf/(provider-aws)#"@cdktn/\1#' {} +
if grep -rnE '"@?cdktf("|/)' "$work/stacks" "$work/main.ts"; then
  echo "error: these imports were not renamed" >&2
  exit 1
fi
echo '{ "private": true, "type": "module" }' > "$work/package.json"
npm install --prefix "$work" --no-audit --no-fund --ignore-scripts --legacy-peer-deps --save-exact \
  cdktn@0.24.0 @cdktn/provider-aws@25.7.0 constructs@10.7.0
echo '{ "extends": "../../../tsconfig.json", "include": ["stacks", "*.ts"] }' > "$work/tsconfig.json"
npx tsc --noEmit -p "$work"

export CHECKPOINT_DISABLE=1
CDKTF_OUTDIR=$work/cdktf.out node --import tsx main.ts
(cd "$work" && CDKTF_OUTDIR=$work/cdktn.out node --import tsx main.ts)
# Removes the versions, and the path of a local state.
normalized() {
  node -e '
    const stack = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    stack["//"].metadata.version = "-";
    stack.terraform.required_providers.aws.version = "-";
    delete stack.terraform.backend.local?.path;
    console.log(JSON.stringify(stack, undefined, 2));' "$1"
}
for file in "$work"/cdktf.out/stacks/*/cdk.tf.json; do
  name=$(basename "$(dirname "$file")")
  normalized "$file" > "$work/cdktf.json"
  normalized "$work/cdktn.out/stacks/$name/cdk.tf.json" > "$work/cdktn.json"
  diff "$work/cdktf.json" "$work/cdktn.json"
  echo "same: $name"
done
