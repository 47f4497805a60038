import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import { stateObjectOf } from "../config/state-schema.ts";
import type { Environment } from "../config/environment-schema.ts";

/**
 * The supported versions of Terraform and OpenTofu. CDK Terrain, the fork of CDKTF, reads them: without them
 * it refuses features that older versions lack. CDKTF ignores them.
 */
export const targetVersions = { terraform: ">=1.11.0 <2.0.0", opentofu: ">=1.11.0 <2.0.0" };

/** Settings of a root module: versions, account, region, tags and backend. */
export function terraformSettings(stack: TerraformStack, environment: Environment): void {
  // Terraform and OpenTofu support write-only arguments, ephemeral values and lock files in S3 since 1.11.
  stack.addOverride("terraform.required_version", ">= 1.11.0, < 2.0.0");
  new AwsProvider(stack, "aws", {
    region: environment.region,
    allowedAccountIds: [environment.account],
    defaultTags: [{ tags: tagsOf(environment) }],
  });
  // The provider's version is the one that the bindings were generated from. The lock file is in the generated
  // folder, so without an exact version two machines could plan with different ones. Terraform and OpenTofu look
  // up this short source in their own registries.
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
    // Relative to cdktf.out/stacks/<environment>, so in the repository's root: the state is kept when the generated
    // folder is deleted, and the JSON has no path of this machine.
    new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
    return;
  }
  const config = {
    ...object,
    region: state.region ?? region,
    encrypt: true,
    ...(state.kmsKeyArn !== undefined && { kmsKeyId: state.kmsKeyArn }),
    // A lock file next to the state. CDKTF's type lacks this field, but CDKTF writes it.
    useLockfile: true,
  };
  new S3Backend(stack, config);
}
