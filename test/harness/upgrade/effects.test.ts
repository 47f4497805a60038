import { describe, expect, it } from "vitest";
import { reachedFrom, type Upgrade, type UpgradeChange } from "../../../harness/ecs/index.ts";
import { noticesOf } from "../../../harness/upgrade/effects.ts";

const REDIS = "aws_ecs_service.redis";
const RECORDS = "aws_service_discovery_service.redis";

/** A Redis service that refers to its records. */
const template = {
  declared: new Map([
    [REDIS, block(REDIS, { name: "dev-redis", registry: `⟨${RECORDS}.arn⟩` })],
    [RECORDS, block(RECORDS, {})],
  ]),
  plan: { services: [], taskDefinitions: new Map() },
} as object as Upgrade["after"];

const same = { old: {}, before: template, after: template } as Omit<Upgrade, "changes">;

function block(address: string, args: object) {
  return { address, type: address.split(".")[0] ?? "", arguments: args };
}

function change(address: string, more: Partial<UpgradeChange>): UpgradeChange {
  const type = address.split(".")[0] ?? "";
  return {
    address,
    type,
    action: "change",
    arguments: [],
    forcedBy: [],
    isRefused: false,
    ...more,
  };
}

/** The notices about a change. */
const saidOf = (address: string, more: Partial<UpgradeChange>): string[] =>
  noticesOf({ ...same, changes: [change(address, more)] }, "dev-redis").map(
    ({ effect, what }) => `${effect}: ${what}`,
  );

describe("the effect of a change on Redis", () => {
  it.each<[address: string, more: Partial<UpgradeChange>, says: string]>([
    [
      REDIS,
      { action: "replace", forcedBy: ["name"] },
      "restarts: Redis restarts: its service is created again (name)",
    ],
    [REDIS, { action: "replace" }, "restarts: "],
    [REDIS, { action: "destroy" }, "leaves data: Redis ends: its service is destroyed"],
    [
      REDIS,
      { arguments: ["force_new_deployment"] },
      "ECS deploys its service for force_new_deployment",
    ],
    [RECORDS, { action: "unknown" }, "unknown: unknown whether it is replaced"],
    [RECORDS, { action: "replace" }, "cut off: the SRV record of Redis is removed and added again"],
    ["aws_efs_file_system.data", { action: "replace", isRefused: true }, "refused: "],
    [
      "aws_efs_file_system.data",
      { action: "destroy" },
      "loses data: the file system is destroyed with the data of Redis",
    ],
    ["aws_efs_file_system.data", { action: "forget" }, "leaves data: "],
    [
      "aws_efs_mount_target.a",
      { action: "replace" },
      "cut off: Redis loses its file system until the mount target is back",
    ],
    [
      "aws_efs_mount_target.a",
      { action: "destroy" },
      "cut off: a Redis on a host in its zone loses its file system",
    ],
    ["aws_security_group.redis", { action: "replace" }, "cut off: connections"],
    [
      "aws_autoscaling_group.hosts",
      { action: "replace" },
      "restarts: Redis restarts: all hosts are replaced",
    ],
  ])("%s, %j: %s", (address, more, says) => {
    expect(saidOf(address, more).join("\n")).toContain(says);
  });

  it("does not mention interruptions if Redis ends", () => {
    const changes = [REDIS, RECORDS, "aws_efs_mount_target.a", "aws_security_group.redis"].map(
      (address) => change(address, { action: "destroy" }),
    );
    const notices = noticesOf({ ...same, changes }, "dev-redis");
    expect(notices.map(({ what }) => what)).toEqual(["Redis ends: its service is destroyed"]);
  });

  it("is unknown for a resource outside the template", () => {
    expect(() => reachedFrom(template, "a.b")).toThrow("a.b is not in the template");
  });

  it("is none if a rule is changed in place or Redis is not on ECS", () => {
    expect(saidOf("aws_vpc_security_group_ingress_rule.redis", {})).toEqual([]);
    const changes = [change(REDIS, { action: "replace" })];
    expect(noticesOf({ ...same, changes }, undefined)).toEqual([]);
  });
});
