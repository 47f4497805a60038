#!/bin/sh
# Writes the lock files of the providers, locks/ENV/.terraform.lock.hcl, for the named environments or all. Needs
# Terraform, or OpenTofu with TERRAFORM_BINARY_NAME=tofu, and its registry: each platform is a download of over 100 MB.
# Usage: sh tools/lock.sh [ENV...]
set -eu
cd "$(dirname "$0")/.."
written=$(npm run synth --silent -- "$@")
for module in $written; do
  stack=$(dirname "$module")
  locks=locks/$(basename "$stack")
  # Another version of a provider would not fit an existing file. Git shows what has changed.
  rm -f "$stack/.terraform.lock.hcl"
  "${TERRAFORM_BINARY_NAME:-terraform}" -chdir="$stack" providers lock \
    -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64
  mkdir -p "$locks"
  cp "$stack/.terraform.lock.hcl" "$locks"
  echo "$locks/.terraform.lock.hcl"
done
