#!/usr/bin/env bash
# Records the plans of the configurations. Usage: record.sh MODULES PROVIDER [NAME...]
# MODULES: a folder with the modules, see README.md. PROVIDER: the folder with the AWS provider's program.
set -euo pipefail
modules=$(realpath "$1") provider=$(realpath "$2")
shift 2
cd "$(dirname "$0")"
work=$(mktemp -d)
node aws.mjs &
trap 'kill $!; rm -rf "$work"' EXIT
cat >"$work/terraformrc" <<RC
provider_installation {
  dev_overrides {
    "hashicorp/aws" = "$provider"
  }
  direct {}
}
RC
export TF_CLI_CONFIG_FILE=$work/terraformrc
[ $# -gt 0 ] || set -- */
for name in "$@"; do
  name=${name%/}
  folder=$work/$name
  cp -r "$name" "$folder"
  cp provider.tf "$folder"
  rm -f "$folder/plan.json"
  sed -i "s|MODULES/|$modules/|" "$folder"/*.tf
  terraform -chdir="$folder" get >/dev/null
  terraform -chdir="$folder" plan -input=false -out=plan.tfplan >/dev/null
  terraform -chdir="$folder" show -json plan.tfplan | sed "s|$modules/|MODULES/|g" >"$name/plan.json"
  rm -rf "$folder"
  echo "$name"
done
