import { fieldOf, finding, type Finding, type Rule } from "./rule.ts";
import { at, blocks, parsed, type Resource, statements, strings, texts } from "./template.ts";

const bareAddresses: Rule = {
  id: "bare-addresses",
  title:
    "depends_on, ignore_changes and replace_triggered_by contain bare addresses of declared resources",
  source: "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
  remedy:
    "a plain string such as aws_ecs_service.redis_service, without ${ }, not a construct or token",
  *check(template) {
    for (const resource of template.resources) {
      const lists = {
        depends_on: texts(resource.body["depends_on"]),
        "lifecycle.replace_triggered_by": texts(
          at(resource.body, "lifecycle.replace_triggered_by"),
        ),
      };
      for (const [field, entries] of Object.entries(lists)) {
        const isThere = (entry: string) =>
          template.find(entry) !== undefined || template.declares(entry);
        const bad = entries.find((entry) => entry.includes("${") || !isThere(entry));
        if (bad !== undefined) yield finding(resource, field, bad);
      }
      const ignored = texts(at(resource.body, "lifecycle.ignore_changes"));
      const bad = ignored.find((entry) => !/^[\w.[\]]+$/.test(entry));
      if (bad !== undefined) yield finding(resource, "lifecycle.ignore_changes", bad);
    }
  },
};

const referencesResolve: Rule = {
  id: "references-resolve",
  title:
    "Every reference refers to something in the same template: no stack reads another stack's state",
  source: "https://developer.hashicorp.com/terraform/language/expressions/references",
  remedy: "create the resource in this environment, or pass the id of an existing one",
  *check(template) {
    for (const [path, value] of strings(template.json)) {
      for (const [expression] of value.matchAll(/\$\{[^}]*\}/g)) {
        const named = expression.matchAll(
          /\b(?:data\.|ephemeral\.)?(?:aws|random|terraform)_\w+\.\w+/g,
        );
        const isKnown = [...named].every(([address]) => template.declares(address));
        if (!isKnown) yield inTemplate(path, value);
      }
    }
  },
};

const noToken: Rule = {
  id: "no-token-left",
  title: "The template contains no unresolved CDKTF tokens",
  source: "https://developer.hashicorp.com/terraform/cdktf/concepts/tokens",
  remedy:
    "use the construct's string attribute (or Token.asString) in JSON.stringify, which breaks number tokens",
  check: (template) =>
    [...strings(template.json), ...numbers(template.json)]
      .filter(([, text]) => /TfToken\[|\[object Object\]|\d\.\d+e\+\d\d/.test(text))
      .map(([path, got]) => inTemplate(path, got)),
};

function* numbers(value: unknown, path = ""): Generator<[string, string]> {
  if (typeof value === "number") yield [path, String(value)];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* numbers(inner, path === "" ? key : `${path}.${key}`);
  }
}

/** A path from the root as an address and the field inside it. */
function inTemplate(path: string, got: unknown): Finding {
  const parts = path.split(".");
  const start = parts[0] === "resource" ? 1 : 0;
  const address = parts.slice(start, start + 2).join(".");
  return { address, field: parts.slice(start + 2).join("."), got };
}

const plainDocuments: Rule = {
  id: "plain-documents",
  title: "Container definitions, policies and dashboards are plain JSON, not HCL",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
  remedy:
    "JSON.stringify with string tokens; Fn.jsonencode writes HCL that only Terraform can read",
  *check(template) {
    const documents = ["container_definitions", "policy", "assume_role_policy", "dashboard_body"];
    for (const resource of template.resources) {
      for (const field of documents.filter((each) => each in resource.body)) {
        const isReference = /^\$\{[\w.]+\}$/.test(String(resource.body[field]));
        const document = parsed(resource.body[field]);
        if (!isReference && typeof document !== "object") yield finding(resource, field);
      }
    }
  },
};

const policiesNotEmpty: Rule = {
  id: "policies-not-empty",
  title: "A policy has at least one statement, because IAM refuses an empty one",
  source:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html",
  remedy: "no policy if there is nothing to allow",
  check: fieldOf("aws_iam_role_policy", "policy", (policy) => {
    return typeof parsed(policy) !== "object" || statements(policy).length > 0;
  }),
};

const secretsNotInState: Rule = {
  id: "secrets-not-in-state",
  title: "No password is in a plan or in the state",
  source: "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
  remedy:
    "secret_string_wo with secret_string_wo_version and an ephemeral random_password; no secret_string, no random_password resource",
  *check(template) {
    for (const secret of template.all("aws_secretsmanager_secret_version")) {
      for (const field of ["secret_string", "secret_binary"]) {
        if (field in secret.body) yield finding(secret, field, "a value");
      }
    }
    for (const password of template.all("random_password", "random_string")) {
      yield finding(password, "", "a resource with its result in the state");
    }
    for (const resource of template.resources) {
      for (const [field, text] of strings(resource.body)) {
        if (text.includes("${ephemeral.") && !field.endsWith("_wo")) yield finding(resource, field);
      }
    }
  },
};

const writeOnlyVersion: Rule = {
  id: "write-only-version",
  title:
    "The minimum version of Terraform or OpenTofu is 1.11, which supports write-only arguments",
  source: "https://developer.hashicorp.com/terraform/language/block/terraform",
  remedy: "required_version of at least 1.11",
  *check({ json }) {
    const version = String(at(json, "terraform.required_version"));
    const least = /(?:>=|~>) ?(\d+)\.(\d+)/.exec(version);
    const [major, minor] = [Number(least?.[1]), Number(least?.[2])];
    if (!(major > 1 || (major === 1 && minor >= 11))) {
      yield { address: "terraform", field: "required_version", got: version };
    }
  },
};

const exactProviders: Rule = {
  id: "exact-providers",
  title:
    "Every provider has an exact version: with a range, a plan and its apply could use different versions",
  source: "https://developer.hashicorp.com/terraform/language/files/dependency-lock",
  remedy: "a version such as 6.25.0, without an operator",
  *check({ json }) {
    const providers = Object.entries(Object(at(json, "terraform.required_providers")) as object);
    for (const [name, provider] of providers) {
      const got = at(provider, "version");
      if (/^\d+\.\d+\.\d+$/.test(String(got))) continue;
      yield { address: "terraform", field: `required_providers.${name}.version`, got };
    }
  },
};

const ownAccount: Rule = {
  id: "own-account",
  title: "A plan with credentials of another account fails before it reads anything",
  source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs",
  remedy: "allowed_account_ids with the environment's account, and its region",
  *check({ json }, { account, region }) {
    for (const [index, provider] of blocks(at(json, "provider.aws")).entries()) {
      const address = `provider.aws.${index}`;
      const accounts = provider["allowed_account_ids"];
      if (texts(accounts).join() !== account) {
        yield { address, field: "allowed_account_ids", got: accounts };
      }
      if (provider["region"] !== region)
        yield { address, field: "region", got: provider["region"] };
    }
  },
};

const lockedState: Rule = {
  id: "locked-state",
  title: "A remote state is encrypted and locked with a file, without a DynamoDB table",
  source: "https://developer.hashicorp.com/terraform/language/backend/s3",
  remedy: "encrypt and use_lockfile, both true, and no dynamodb_table",
  *check({ json }) {
    const s3 = at(json, "terraform.backend.s3");
    if (s3 === undefined) return;
    for (const field of ["encrypt", "use_lockfile"]) {
      if (at(s3, field) === true) continue;
      yield { address: "terraform", field: `backend.s3.${field}`, got: at(s3, field) };
    }
    const table = at(s3, "dynamodb_table");
    if (table !== undefined) {
      yield { address: "terraform", field: "backend.s3.dynamodb_table", got: table };
    }
  },
};

/** Resources with data, or with the DNS names of services. */
const precious = [
  "aws_efs_file_system",
  "aws_efs_access_point",
  "aws_secretsmanager_secret",
  "aws_backup_vault",
  "aws_service_discovery_private_dns_namespace",
  "aws_service_discovery_service",
];

const keptWhenProtected: Rule = {
  id: "kept-when-protected",
  title:
    "In a protected environment, no plan destroys data. An unprotected one can be destroyed and created again without manual steps",
  source: "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
  remedy:
    "with protection, lifecycle.prevent_destroy; without it, no prevent_destroy, no deletion protection, and a recovery window of 0 for secrets",
  *check(template, subject) {
    for (const resource of template.resources) {
      if (subject.protected) yield* unkept(resource);
      else yield* stuck(resource);
    }
  },
};

function* unkept(resource: Resource): Generator<Finding> {
  if (!precious.includes(resource.type) || makesNoFolder(resource)) return;
  if (at(resource.body, "lifecycle.prevent_destroy") === true) return;
  yield finding(resource, "lifecycle.prevent_destroy");
}

/** An access point that does not create its folder cannot start Redis without its data, so it may be replaced. */
function makesNoFolder({ type, body }: Resource): boolean {
  return type === "aws_efs_access_point" && at(body, "root_directory.creation_info") === undefined;
}

/** Settings that make a destroy fail, or the next deploy after a destroy. */
function* stuck(resource: Resource): Generator<Finding> {
  const allowed = {
    "lifecycle.prevent_destroy": [undefined, false],
    enable_deletion_protection: [undefined, false],
    recovery_window_in_days: resource.type === "aws_secretsmanager_secret" ? [0] : [undefined],
  };
  for (const [field, values] of Object.entries(allowed)) {
    const value = at(resource.body, field);
    if (!(values as unknown[]).includes(value)) yield finding(resource, field);
  }
}

const policiesNamed: Rule = {
  id: "resource-policy-named",
  title:
    "A resource policy has an Id and each statement a Sid: AWS fills in missing ones, and then every plan shows a change",
  source: "https://github.com/hashicorp/terraform-provider-aws/issues/32077",
  remedy: "an Id, and in every statement a Sid of letters and digits",
  *check(template) {
    const types = ["aws_efs_file_system_policy", "aws_sns_topic_policy", "aws_sqs_queue_policy"];
    for (const resource of template.all(...types)) {
      const policy = resource.body["policy"];
      const sids = statements(policy).map(({ Sid: sid }) => sid);
      const isNamed = sids.every((sid) => typeof sid === "string" && /^[A-Za-z0-9]+$/.test(sid));
      const isDistinct = new Set(sids).size === sids.length;
      if (typeof at(parsed(policy), "Id") !== "string" || !isNamed || !isDistinct) {
        yield finding(resource, "policy");
      }
    }
  },
};

/** Terraform root modules: addresses, documents, versions, state and protection. */
export const terraformRules: readonly Rule[] = [
  bareAddresses,
  referencesResolve,
  noToken,
  plainDocuments,
  policiesNotEmpty,
  policiesNamed,
  secretsNotInState,
  writeOnlyVersion,
  exactProviders,
  ownAccount,
  lockedState,
  keptWhenProtected,
];
