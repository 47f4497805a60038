import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { differences } from "../support/differences.ts";
import {
  devWith,
  external,
  type Resource,
  restoredFileSystem,
  type Template,
} from "../support/template.ts";

/** Settings of the environment before and after Redis no longer runs as a service. */
const always = {
  protected: true,
  alarms: { emails: ["oncall@example.com"] },
  dashboard: true,
} satisfies Partial<EnvironmentInput>;

const backup = { copy: { region: "eu-central-1" }, lock: {} };

/** Redis as a service, with everything that keeps its data. */
const service = devWith({
  ...always,
  fileSystem: { path: "/redis", replica: { region: "eu-central-1" } },
  backup,
});
/** The same after a backup was restored to another file system. */
const restored = devWith({ ...always, fileSystem: restoredFileSystem, backup });
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

/** Addresses that are in `service` but not in `after`. */
const goneIn = (after: Template): string[] =>
  differences(service, after).filter((address) => resourceAt(after, address) === undefined);

const leavesItInAws = (address: string): boolean =>
  resourceAt(service, address)?.["skip_destroy"] === true;

/** Resources that are destroyed with the service. A new service creates them again, and no data is lost. */
const ENDS = [
  // What runs, and its permissions.
  /^aws_(ecs_service|scheduler_schedule|sqs_queue)\./,
  /^aws_iam_role(_policy|_policy_attachment)?\.(redis|app|operation_backup_copy)_/,
  // Future backups. Existing ones are in the vaults.
  /^aws_backup_(plan|selection)\./,
  // Access to the file system.
  /^aws_efs_mount_target\./,
  /^aws_security_group\.storage_security_group$/,
  /^aws_vpc_security_group_ingress_rule\.storage_from_hosts_/,
  // Names for what runs.
  /^aws_service_discovery_(service|private_dns_namespace)\./,
  /^aws_cloudwatch_(event_rule|event_target|metric_alarm)\./,
  // Passwords that only the service used. Secrets Manager can restore them for 30 days.
  /^aws_secretsmanager_secret(_version)?\.password_/,
];

describe("Redis of a protected environment that no longer runs as a service", () => {
  it("keeps its data, their backups and their protection in AWS", () => {
    const forgotten = removedIn(elsewhere).map(({ from }) => from);
    const lost = goneIn(elsewhere).filter(
      (address) => !forgotten.includes(address) && !leavesItInAws(address),
    );
    expect(lost.filter((address) => !ENDS.some((end) => end.test(address)))).toEqual([]);
  });

  it("is removed from the state with the service's addresses, and not destroyed", () => {
    expect(removedIn(elsewhere)).not.toEqual([]);
    for (const { from, lifecycle } of removedIn(elsewhere)) {
      const before = resourceAt(service, from) ?? resourceAt(restored, from);
      expect([from, before]).toEqual([from, expect.anything()]);
      expect(lifecycle).toEqual({ destroy: false });
    }
  });

  it("is not removed from the state in other environments", () => {
    for (const template of [service, devWith(external)]) {
      expect(template.json).not.toHaveProperty("removed");
    }
  });
});

describe("backups that a protected environment no longer makes", () => {
  const fileSystem = { path: "/redis", replica: { region: "eu-central-1" } };
  it.each([
    ["without copies", { lock: {}, copy: false }, /\.operation_backup_copy_vault/],
    ["without backups", false, /vault|\.operation_backup_role/],
  ] as const)("%s keep existing resources in AWS", (_, changed, kept) => {
    const after = devWith({ ...always, fileSystem, backup: changed });
    const forgotten = removedIn(after).map(({ from }) => from);
    const gone = goneIn(after).filter((address) => kept.test(address));
    expect(gone).not.toEqual([]);
    expect(forgotten.toSorted()).toEqual(gone.toSorted());
  });

  it("are not removed from the state of an environment that never made them", () => {
    const vaultArn = "arn:aws:backup:eu-west-1:210987654321:backup-vault:kept";
    for (const never of [{ lock: {} }, { copy: { vaultArn } }]) {
      expect(devWith({ ...always, fileSystem, backup: never }).json).not.toHaveProperty("removed");
    }
  });
});

/** Access to the old file system, which is no longer used. */
const OLD_ACCESS = [/^aws_efs_mount_target\./, /^aws_security_group\.storage_security_group$/];

describe("a restored file system that replaces the created one of a protected environment", () => {
  const forgotten = removedIn(restored).map(({ from }) => from);

  it("keeps the old data in AWS, and does not change the backups", () => {
    const gone = goneIn(restored).filter((address) => !forgotten.includes(address));
    expect(gone.filter((address) => !OLD_ACCESS.some((each) => each.test(address)))).toEqual([]);
    const backups = /\.operation_backup_/;
    const changed = differences(service, restored).filter((address) => backups.test(address));
    expect(changed).toEqual([
      "aws_backup_selection.operation_backup_selection",
      // The hourly copies mount another file system.
      "aws_ecs_task_definition.operation_backup_copy_task_definition",
    ]);
  });

  it("keeps the backups in AWS if they are turned off too", () => {
    const ended = devWith({ ...always, fileSystem: restoredFileSystem, backup: false });
    const kept = removedIn(ended).map(({ from }) => from);
    const lost = goneIn(ended).filter((address) => !kept.includes(address));
    expect(lost.filter((address) => /vault|backup_role/.test(address))).toEqual([]);
    for (const from of kept) {
      expect([from, resourceAt(ended, from)]).toEqual([from, undefined]);
    }
  });

  it("keeps its policy and access point in AWS when the service ends", () => {
    const ways = [
      "aws_efs_access_point.storage_access_point",
      "aws_efs_file_system_policy.storage_restored_policy",
    ];
    expect(ways.map((address) => resourceAt(restored, address))).not.toContain(undefined);
    expect(removedIn(elsewhere).map(({ from }) => from)).toEqual(expect.arrayContaining(ways));
  });
});

describe("the rollback in docs/migration.md", () => {
  const page = readFileSync(new URL("../../../docs/migration.md", import.meta.url), "utf8");
  const imports = Array.from(
    page.matchAll(/^ *terraform import (\S+) (\S+)/gm),
    ([, address = "", id = ""]) => ({ address, id }),
  );

  /** AWS accepts these again: creating them changes nothing. */
  const MADE_AGAIN =
    /^aws_(efs_file_system_policy|backup_vault_lock_configuration|iam_role_policy_attachment)\./;

  it("imports resources that a deploy cannot create, because their names are in use", () => {
    const logs = goneIn(elsewhere).filter(
      (address) => address.startsWith("aws_cloudwatch_log_group.") && leavesItInAws(address),
    );
    const taken = removedIn(elsewhere)
      .map(({ from }) => from)
      .filter((address) => !MADE_AGAIN.test(address));
    const imported = imports.map(({ address }) => address);
    expect(imported.toSorted()).toEqual([...taken, ...logs].toSorted());
  });

  it("imports them with their names", () => {
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
