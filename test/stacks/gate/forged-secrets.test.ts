import { describe, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import { after, APP, container, containers, create, type Draft, find } from "./support/plans.ts";

// The release of stg with a secret where it was not.

const SECRETS = "arn:aws:secretsmanager:eu-central-1:111111111111:secret";
const PASSWORD = { name: "REDIS_PASSWORD", valueFrom: `${SECRETS}:stg-redis-password-770d89` };

const environment = (draft: Draft, name: string, value: string): void =>
  container(draft, { environment: [{ name, value }] });

const plans: Forged[] = [
  [
    "a variable in place of a secret",
    (draft) => {
      environment(draft, "REDIS_PASSWORD", "typed-by-hand");
      containers(draft, (list) => list.map((app) => ({ ...app, secrets: [] })));
    },
    "container_definitions.app.environment.REDIS_PASSWORD takes the place of a secret",
  ],
  [
    "its secret from another place",
    (draft) =>
      container(draft, { secrets: [{ ...PASSWORD, valueFrom: `${SECRETS}:other-abcdef` }] }),
    "container_definitions.app.secrets.REDIS_PASSWORD is another secret",
  ],
  [
    "the secret of another account",
    (draft) =>
      container(draft, {
        secrets: [
          { ...PASSWORD, valueFrom: PASSWORD.valueFrom.replace("111111111111", "999999999999") },
        ],
      }),
    "container_definitions.app.secrets.REDIS_PASSWORD is another secret",
  ],
  [
    "a secret more",
    (draft) =>
      container(draft, {
        secrets: [PASSWORD, { name: "ADMIN", valueFrom: `${SECRETS}:admin-abcdef` }],
      }),
    "container_definitions.app.secrets.ADMIN is another secret",
  ],
  [
    "a parameter as a secret",
    (draft) =>
      container(draft, { secrets: [PASSWORD, { name: "P", valueFrom: "/prod/password" }] }),
    "container_definitions.app.secrets.P is another secret",
  ],
  [
    "a second spelling of a field of a secret",
    (draft) =>
      container(draft, { secrets: [{ ...PASSWORD, ValueFrom: `${SECRETS}:other-abcdef` }] }),
    "container_definitions is not a list of containers",
  ],
  [
    "the value of a secret in a tag",
    (draft) => {
      const secret = "aws_secretsmanager_secret_version.old";
      create(draft, secret, { secret_string: "an-old-password" }, "no-op");
      const { change } = find(draft, secret);
      Object.assign(change, { before: change.after, after_sensitive: { secret_string: true } });
      Object.assign(after(draft, APP), { tags: { Note: "an-old-password" } });
    },
    "tags has the value of a secret",
  ],
  [
    "the value of a secret in a variable",
    (draft) => {
      known(draft);
      environment(draft, "URL", "redis://:hunter22-hunter22@host");
    },
    "container_definitions.0.environment.0.value has the value of a secret",
  ],
  [
    "the value of a secret in its command",
    (draft) => {
      known(draft);
      container(draft, { command: ["--password", "hunter22-hunter22"] });
    },
    "container_definitions.0.command.1 has the value of a secret",
  ],
  [
    "a sensitive value in a tag whose name has a dot",
    (draft) => {
      Object.assign(after(draft, APP), { tags: { "a.b": "1234567" } });
      find(draft, APP).change.after_sensitive = { tags: { "a.b": true } };
    },
    "tags.a.b becomes sensitive",
  ],
  [
    "containers that use a sensitive value",
    (draft) => (find(draft, APP).change.after_sensitive = { container_definitions: true }),
    "container_definitions becomes sensitive",
  ],
  [
    "nothing but sensitive values",
    (draft) => (find(draft, APP).change.after_sensitive = true),
    "all of it becomes sensitive",
  ],
];

/** A password in the state. */
function known(draft: Draft): void {
  create(draft, "aws_secretsmanager_secret_version.known", {}, "no-op");
  const { change } = find(draft, "aws_secretsmanager_secret_version.known");
  change.before = { secret_string: "hunter22-hunter22" };
  change.after = change.before;
  change.before_sensitive = { secret_string: true };
}

describe("the gate refuses a container of the app with", () => {
  it.each(plans)("%s", (_, change, reason) => expectRefused(change, reason));
});
