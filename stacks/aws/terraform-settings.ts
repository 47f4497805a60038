import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import { stateObjectOf } from "../config/state-schema.ts";
import type { Environment } from "../config/environment-schema.ts";

/**
 * What the stacks are for, as CDK Terrain wants to know it: without it the fork refuses what older
 * versions lack. CDKTF itself reads no such context.
 */
export const targetVersions = { terraform: ">=1.11.0 <2.0.0", opentofu: ">=1.11.0 <2.0.0" };

/** What a root module says about itself: versions, account, region, tags and where its state is. */
export function terraformSettings(stack: TerraformStack, environment: Environment): void {
  // Write-only arguments, ephemeral values and the lock file in S3: from 1.11 on in Terraform and in
  // OpenTofu. What a next major version does is not known.
  stack.addOverride("terraform.required_version", ">= 1.11.0, < 2.0.0");
  new AwsProvider(stack, "aws", {
    region: environment.region,
    allowedAccountIds: [environment.account],
    defaultTags: [{ tags: tagsOf(environment) }],
  });
  // The version is the one that the bindings were generated from, and exact: the lock file lies in
  // the generated folder, so without it two machines could plan with two versions. By its full
  // name, which Terraform and OpenTofu each look up in their own registry.
  stack.addOverride("terraform.required_providers.aws.source", "hashicorp/aws");
  backend(stack, environment);
}

/** Tags of everything in an environment. */
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
    // A lock file beside the state; the type of CDKTF does not know it, but passes it on.
    useLockfile: true,
  };
  new S3Backend(stack, config);
}
