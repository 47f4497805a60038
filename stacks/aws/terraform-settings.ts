import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import { stateObjectOf } from "../config/state-schema.ts";
import type { Environment } from "../config/environment-schema.ts";

/**
 * The versions the stacks support. CDK Terrain, the fork of CDKTF, reads them: without them it refuses
 * what older versions lack. CDKTF itself ignores them.
 */
export const targetVersions = { terraform: ">=1.11.0 <2.0.0", opentofu: ">=1.11.0 <2.0.0" };

/** Settings of a root module: versions, account, region, tags and where its state is. */
export function terraformSettings(stack: TerraformStack, environment: Environment): void {
  // Terraform and OpenTofu have write-only arguments, ephemeral values and the lock file in S3 since
  // 1.11. The next major version is unknown.
  stack.addOverride("terraform.required_version", ">= 1.11.0, < 2.0.0");
  new AwsProvider(stack, "aws", {
    region: environment.region,
    allowedAccountIds: [environment.account],
    defaultTags: [{ tags: tagsOf(environment) }],
  });
  // The exact version that the bindings were generated from: the lock file is in the generated folder,
  // so without it two machines could plan with two versions. By its full name, which Terraform and
  // OpenTofu each look up in their own registry.
  stack.addOverride("terraform.required_providers.aws.source", "hashicorp/aws");
  backend(stack, environment);
}

/** Tags of all resources of an environment. */
export function tagsOf({ name, tags }: Environment): Record<string, string> {
  return { ...tags, Environment: name, ManagedBy: "terraform" };
}

function backend(stack: TerraformStack, environment: Environment): void {
  const { name, region, state } = environment;
  const object = stateObjectOf(environment);
  if (!("bucket" in state) || object === undefined) {
    // Relative to cdktf.out/stacks/<environment>, so the repository's root: the state survives the
    // generated folder, and no path of this machine gets into the JSON.
    new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
    return;
  }
  const config = {
    ...object,
    region: state.region ?? region,
    encrypt: true,
    ...(state.kmsKeyArn !== undefined && { kmsKeyId: state.kmsKeyArn }),
    // A lock file next to the state. CDKTF's type lacks it, but passes it on.
    useLockfile: true,
  };
  new S3Backend(stack, config);
}
