import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { differences } from "../support/differences.ts";
import {
  devWith,
  external,
  onElastiCache,
  type Resource,
  type Template,
} from "../support/template.ts";

/** What the environment has before and after its service of Redis ends. */
const always = {
  protected: true,
  alarms: { emails: ["oncall@example.com"] },
  dashboard: true,
} satisfies Partial<EnvironmentInput>;

/** A service with everything that keeps its data. */
const service = devWith({
  ...always,
  fileSystem: { path: "/redis", replica: { region: "eu-central-1" } },
  backup: { copy: { region: "eu-central-1" }, lock: {} },
});
const onAws = devWith({ ...always, redis: onElastiCache.redis });
const elsewhere = devWith({ ...always, redis: external.redis });

interface Removed {
  readonly from: string;
  readonly lifecycle: { readonly destroy: boolean };
}

const removedIn = ({ json }: Template): readonly Removed[] =>
  (json["removed"] ?? []) as readonly Removed[];

function resourceAt({ json }: Template, address: string): Resource | undefined {
  const [type = "", id = ""] = address.split(".");
  return json.resource[type]?.[id];
}

/** Addresses of the service's environment that are no longer there. */
const goneIn = (after: Template): string[] =>
  differences(service, after).filter((address) => resourceAt(after, address) === undefined);

const leavesItInAws = (address: string): boolean =>
  resourceAt(service, address)?.["skip_destroy"] === true;

/** What ends with the service. The next one makes it again, and nothing is lost. */
const ENDS = [
  // What runs, and its rights.
  /^aws_(ecs_service|scheduler_schedule|sqs_queue)\./,
  /^aws_iam_role(_policy|_policy_attachment)?\.(redis|app|operation_backup_copy)_/,
  // The next backups. Those that were made are in the vaults.
  /^aws_backup_(plan|selection)\./,
  // The ways to the file system.
  /^aws_efs_mount_target\./,
  /^aws_security_group\.storage_security_group$/,
  /^aws_vpc_security_group_ingress_rule\.storage_from_hosts_/,
  // Names for what runs.
  /^aws_service_discovery_(service|private_dns_namespace)\./,
  /^aws_cloudwatch_(event_rule|event_target|metric_alarm)\./,
];

/** Passwords that only the service had. Secrets Manager can restore them for 30 days. */
const PASSWORDS = /^aws_secretsmanager_secret(_version)?\.password_/;

describe("Redis of a protected environment that no longer runs as a service", () => {
  it.each([
    ["ElastiCache", onAws, ENDS],
    ["an external Redis", elsewhere, [...ENDS, PASSWORDS]],
  ])("with %s leaves its data, their backups and what guards both in AWS", (_, after, ends) => {
    const forgotten = removedIn(after).map(({ from }) => from);
    const lost = goneIn(after).filter(
      (address) => !forgotten.includes(address) && !leavesItInAws(address),
    );
    expect(lost.filter((address) => !ends.some((end) => end.test(address)))).toEqual([]);
  });

  it("is forgotten by the addresses that a service has, and nothing of it is destroyed", () => {
    expect(removedIn(onAws)).toEqual(removedIn(elsewhere));
    for (const { from, lifecycle } of removedIn(onAws)) {
      expect([from, resourceAt(service, from)]).toEqual([from, expect.anything()]);
      expect(lifecycle).toEqual({ destroy: false });
    }
  });

  it("is forgotten in no other environment", () => {
    const unprotected = devWith(onElastiCache);
    const both = devWith({ ...always, redis: { ...onElastiCache.redis, beside: {} } });
    for (const template of [service, unprotected, both]) {
      expect(template.json).not.toHaveProperty("removed");
    }
  });
});

describe("the way back in docs/to-elasticache.md", () => {
  const page = readFileSync(new URL("../../../docs/to-elasticache.md", import.meta.url), "utf8");
  const imports = Array.from(
    page.matchAll(/^ *terraform import (\S+) (\S+)/gm),
    ([, address = "", id = ""]) => ({ address, id }),
  );

  /** AWS takes these once more: a deploy that makes them changes nothing. */
  const MADE_AGAIN =
    /^aws_(efs_file_system_policy|backup_vault_lock_configuration|iam_role_policy_attachment)\./;

  it("imports what a deploy cannot create, because its name is taken", () => {
    const logs = goneIn(onAws).filter(
      (address) => address.startsWith("aws_cloudwatch_log_group.") && leavesItInAws(address),
    );
    const taken = removedIn(onAws)
      .map(({ from }) => from)
      .filter((address) => !MADE_AGAIN.test(address));
    const imported = imports.map(({ address }) => address);
    expect(imported.toSorted()).toEqual([...taken, ...logs].toSorted());
  });

  it("imports them by their names", () => {
    const named = imports.filter(({ id }) => !id.startsWith("<"));
    expect(named.length).toBeGreaterThan(3);
    for (const { address, id } of named) {
      const [name] = id.split("@");
      expect([address, name]).toEqual([
        address,
        String(resourceAt(service, address)?.["name"]).replace("dev", "prod"),
      ]);
    }
  });
});
