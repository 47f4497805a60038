import { describe, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import { configured, type Draft, type Fields, find, SERVICE } from "./support/plans.ts";

// The release of stg with other providers, or with other settings of a provider.

/** Adds settings to a provider, or adds the provider. */
function provider(draft: Draft, key: string, fields: Fields, settings: Fields = {}): void {
  const found = draft.configuration.provider_config[key] ?? {};
  const expressions = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, { constant_value: value }]),
  );
  draft.configuration.provider_config[key] = {
    ...found,
    ...fields,
    expressions: { ...found.expressions, ...expressions },
  };
}

const plans: Forged[] = [
  [
    "a second provider for another region",
    (draft) => provider(draft, "aws.other", { alias: "other" }, { region: "us-east-1" }),
    "provider aws.other: the environment does not have it",
  ],
  [
    "the app's service in another provider",
    (draft) => (configured(draft, SERVICE)["provider_config_key"] = "aws.other"),
    `${SERVICE}: uses the provider aws.other`,
  ],
  [
    "the app's service of a provider from elsewhere",
    (draft) => (find(draft, SERVICE).provider_name = "registry.terraform.io/evil/aws"),
    `${SERVICE}: uses the provider registry.terraform.io/evil/aws`,
  ],
  [
    "the provider from elsewhere",
    (draft) => provider(draft, "aws", { full_name: "registry.terraform.io/evil/aws" }),
    "provider aws: is registry.terraform.io/evil/aws",
  ],
  [
    "another endpoint",
    (draft) => provider(draft, "aws", {}, { endpoints: [{ ecs: "https://evil.example" }] }),
    "provider aws: endpoints.0.ecs is not as in the environment",
  ],
  [
    "a default tag whose name has a dot",
    (draft) => provider(draft, "aws", {}, { default_tags: [{ tags: { "a.b": "c" } }] }),
    "provider aws: default_tags.0.tags.a.b is not as in the environment",
  ],
  [
    "a field of a provider that is unknown",
    (draft) => provider(draft, "aws", { for_each_expression: {} }),
    "provider aws: has fields that are unknown here: for_each_expression",
  ],
  [
    "a role that a call of a function gives: Terraform writes {} for it",
    (draft) =>
      Object.assign(draft.configuration.provider_config["aws"]?.expressions ?? {}, {
        assume_role: [{ role_arn: {} }],
      }),
    "provider aws: assume_role.0.role_arn is not as in the environment",
  ],
  [
    "a profile that a call of a function gives",
    (draft) =>
      Object.assign(draft.configuration.provider_config["aws"]?.expressions ?? {}, { profile: {} }),
    "provider aws: profile is not as in the environment",
  ],
  [
    "another account",
    (draft) => provider(draft, "aws", {}, { allowed_account_ids: ["999999999999"] }),
    "provider aws: allowed_account_ids.0 is not as in the environment",
  ],
  [
    "any account",
    (draft) =>
      delete draft.configuration.provider_config["aws"]?.expressions?.["allowed_account_ids"],
    "provider aws: the plan has no allowed_account_ids",
  ],
  [
    "an empty list of accounts",
    (draft) => provider(draft, "aws", {}, { allowed_account_ids: [] }),
    "provider aws: the plan has no allowed_account_ids",
  ],
  [
    "the region of the machine",
    (draft) => delete draft.configuration.provider_config["aws"]?.expressions?.["region"],
    "provider aws: the plan has no region",
  ],
  [
    "no settings of providers",
    (draft) => Object.assign(draft.configuration, { provider_config: undefined }),
    "provider aws: the plan has no allowed_account_ids, region",
  ],
  [
    "access keys",
    (draft) => provider(draft, "aws", {}, { access_key: "AKIA", secret_key: "x" }),
    "provider aws: access_key is not as in the environment",
  ],
  [
    "a region that is not written in the plan",
    (draft) => {
      const { aws } = draft.configuration.provider_config;
      if (aws) aws.expressions = { ...aws.expressions, region: { references: ["local.region"] } };
    },
    "provider aws: region",
  ],
];

describe("the gate refuses a configuration with", () => {
  it.each(plans)("%s", (_, change, reason) => expectRefused(change, reason));
});
