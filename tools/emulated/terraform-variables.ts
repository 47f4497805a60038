import type { Environment } from "../../stacks/config/environment-schema.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** The user's variables that are kept: where providers come from, and what is logged. */
const KEPT: ReadonlySet<string> = new Set([
  "TF_CLI_CONFIG_FILE",
  "TF_PLUGIN_CACHE_DIR",
  "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
  "TF_LOG",
  "TF_LOG_PATH",
]);

/**
 * The environment variables of Terraform and its provider. Those of the user for AWS and Terraform are removed: a
 * profile, the endpoint of a single service or a workspace could select a real account. AWS itself would refuse these
 * credentials.
 */
export function terraformVariables(
  { account, region }: Pick<Environment, "account" | "region">,
  endpoint: string,
  own: Variables,
): Record<string, string | undefined> {
  const kept = Object.entries(own).filter(([name]) => !/^(AWS|TF)_/.test(name) || KEPT.has(name));
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    // MiniStack takes the account from an access key of 12 digits; the provider compares it with
    // `allowed_account_ids`.
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_REGION: region,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
}
