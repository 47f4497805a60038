import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import type { RootModule } from "../../../harness/ecs/index.ts";
import { play } from "../../../harness/plays/play.ts";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import {
  changed,
  MANAGED,
  type Block,
  type Template,
} from "../../../harness/plays/setups/template.ts";
import { firstDeploy } from "../../../harness/plays/steps/first-deploy.ts";
import { upgradeTo } from "../../../harness/plays/steps/upgrade.ts";
import { analyse, refuseElsewhere } from "../../../harness/upgrade/analyse.ts";
import { effectOf } from "../../../harness/upgrade/notice.ts";
import { onRunningHosts, whyUnplayable } from "../../../harness/upgrade/unplayable.ts";
import { upgradeTable } from "../../../harness/upgrade/upgrade-table.ts";
import { otherEnvironments } from "../../stacks/support/other-environments.ts";

const setup = environmentSetup("dev", { environments });
const now = setup.local.template as Template;

/** An old version with a different resource. */
const where = (address: string, other: (block: Block) => Block | undefined): RootModule =>
  changed(now, (type, name, block) => (`${type}.${name}` === address ? other(block) : block));

const analysed = (old: RootModule) => analyse(setup, old, "v1");

const oldRedis = where("aws_ecs_task_definition.redis_task_definition", (block) => ({
  ...block,
  container_definitions: String(block["container_definitions"]).replace(
    /redis:[\d.]+/g,
    "redis:8.0.1",
  ),
}));
const oldApp = where("aws_ecs_task_definition.app_task_definition", (block) => ({
  ...block,
  container_definitions: String(block["container_definitions"]).replace("app:1.0.0", "app:0.9.0"),
}));

describe("an upgrade", () => {
  it.each<[string, RootModule, string]>([
    ["nothing", now, "none"],
    ["the app's image", oldApp, "none"],
    ["the image of Redis", oldRedis, "restarts"],
    [
      "the encryption of the file system",
      where("aws_efs_file_system.storage_efs", (block) => ({ ...block, encrypted: false })),
      "loses data",
    ],
    [
      "the security group of a mount target",
      where("aws_efs_mount_target.storage_mount_target_0", (block) => ({
        ...block,
        security_groups: [],
      })),
      "none",
    ],
    [
      "the AMI of the hosts",
      where("aws_launch_template.cluster_launch_template", (block) => ({
        ...block,
        image_id: "ami-1",
      })),
      "none",
    ],
    [
      "the subnets of the hosts",
      where("aws_autoscaling_group.cluster_hosts", (block) => ({
        ...block,
        vpc_zone_identifier: [],
      })),
      "may restart",
    ],
  ])("that changes %s is recognized", async (_, old, effect) => {
    expect(effectOf((await analysed(old)).summary.notices)).toBe(effect);
  });

  const otherTtl = where("aws_service_discovery_service.discovery_redis", (block) => {
    const dns = block["dns_config"] as { readonly dns_records: readonly object[] };
    const dns_records = dns.dns_records.map((record) => ({ ...record, ttl: 77 }));
    return { ...block, dns_config: { ...dns, dns_records } };
  });

  it.each([
    ["", now],
    [", also with another TTL,", otherTtl],
  ])("that replaces the namespace%s replaces its records and restarts Redis", async (_, old) => {
    const network = { cidr: "10.11.0.0/16" };
    const other = { environments: { dev: { ...environments.dev, network } } };
    const { summary } = await analyse(environmentSetup("dev", other), old, "v1");
    expect(summary.changes).toContainEqual(
      expect.objectContaining({
        address: "aws_service_discovery_service.discovery_redis",
        action: "replace",
        forcedBy: ["dns_config"],
      }),
    );
    expect(summary.notices[0]?.what).toBe(
      "Redis restarts: its service is created again (a trigger)",
    );
  });

  it.each([
    ["account", "333333333333", "111111111111"],
    ["region", "eu-west-1", "eu-central-1"],
  ])("to another %s is refused: nothing of what runs is found there", async (place, value, was) => {
    const elsewhere = { environments: { dev: { ...environments.dev, [place]: value } } };
    const analysis = await analyse(environmentSetup("dev", elsewhere), now, "v1");
    expect(() => refuseElsewhere(analysis)).toThrow(
      `dev: its ${place} was ${was} in v1 and is ${value} now.`,
    );
    expect(() =>
      refuseElsewhere({
        ...analysis,
        upgrade: { ...analysis.upgrade, after: analysis.upgrade.before },
      }),
    ).not.toThrow();
  });

  it("that changes an address names the missing moved block, and with the block is a move", async () => {
    const { resource } = now;
    const { redis_log: log, ...logs } = resource["aws_cloudwatch_log_group"] ?? {};
    const old = JSON.parse(
      JSON.stringify({
        ...now,
        resource: { ...resource, aws_cloudwatch_log_group: { ...logs, old_log: log } },
      }).replaceAll("aws_cloudwatch_log_group.redis_log", "aws_cloudwatch_log_group.old_log"),
    ) as RootModule;
    const { notices, changes } = (await analysed(old)).summary;
    expect(notices.map(({ advice }) => advice)).toContain(
      'in the stack: this.addOverride("moved", [{ from: "aws_cloudwatch_log_group.old_log", to: "aws_cloudwatch_log_group.redis_log" }])',
    );
    expect(changes[0]).toMatchObject({ action: "readdress" });
    const moved = [
      { from: "aws_cloudwatch_log_group.old_log", to: "aws_cloudwatch_log_group.redis_log" },
    ];
    const next = { ...setup, local: { ...setup.local, template: { ...now, moved } } };
    const { summary } = await analyse(next, old, "v1");
    const [{ from, to: address } = { from: "", to: "" }] = moved;
    expect(summary.changes).toMatchObject([{ action: "move", from, address }]);
    expect(upgradeTable([summary]).replaceAll(/ +/g, " ")).toContain(
      "| `dev` | 0 | 0 | 0 | 1 | 0 | 0 | 0 | Redis is not affected |",
    );
  });

  it("that forgets the file system leaves the data in AWS and is not played", async () => {
    const address = "aws_efs_file_system.storage_efs";
    const { aws_efs_file_system: _forgotten, ...others } = now.resource;
    const template = JSON.parse(
      JSON.stringify({
        ...now,
        resource: others,
        removed: [{ from: address, lifecycle: { destroy: false } }],
      }).replaceAll(`\${${address}.id}`, "fs-0123abcd"),
    ) as Template;
    const next = { ...setup, local: { ...setup.local, template } };
    const { summary } = await analyse(next, now, "v1");
    expect(summary.changes).toContainEqual(expect.objectContaining({ address, action: "forget" }));
    expect(summary.notices[0]).toMatchObject({ effect: "leaves data", address });
    expect(upgradeTable([summary])).toContain("Redis **leaves its data behind**, in AWS");
    const effect = effectOf(summary.notices);
    expect(await whyUnplayable(setup, template as RootModule, effect)).toMatch(/^the local ECS/);
  });

  it.each(["managed", "managed-protected", "moving", "moved"])(
    "of %s, with a Redis on ElastiCache, is reported and not played",
    async (name) => {
      const managed = environmentSetup(name, { environments: otherEnvironments });
      const template = managed.local.template as Template;
      const { summary, setup: old } = await analyse(managed, template, "v1");
      expect(summary.changes).toEqual([]);
      expect(await whyUnplayable(old, template as RootModule, "none")).toBe(
        "Redis on ElastiCache is outside ECS",
      );
      const larger = changed(template, (type, _, block) =>
        type === MANAGED ? { ...block, node_type: "cache.r7g.2xlarge" } : block,
      );
      const upgrade = await analyse(managed, larger, "v1");
      expect(effectOf(upgrade.summary.notices)).toBe("unknown");
    },
  );

  it("that creates a Redis on ElastiCache loses no data, and one that removes it does", async () => {
    const { moving } = otherEnvironments;
    const [alone, both] = [{ ...moving, redis: { memory: 1024 } }, moving].map((environment) =>
      environmentSetup("moving", { environments: { moving: environment } }),
    ) as [typeof setup, typeof setup];
    const made = await analyse(both, alone.local.template as RootModule, "v1");
    expect(effectOf(made.summary.notices)).toBe("none");
    const ended = await analyse(alone, both.local.template as RootModule, "v1");
    expect(ended.summary.notices[0]).toMatchObject({
      effect: "loses data",
      what: "the replication group is destroyed with its data",
    });
  });

  it("keeps running hosts, and says what cannot be played on them", async () => {
    const type = "aws_launch_template";
    const old = where(`${type}.cluster_launch_template`, (block) => ({
      ...block,
      image_id: "old",
    }));
    const next = onRunningHosts(old, now);
    expect(next.resource?.[type]).toEqual(old.resource?.[type]);
    const { [type]: _hosts, ...others } = now.resource;
    const without = { ...now, resource: others } as RootModule;
    expect(onRunningHosts(old, without)).toBe(without);
    expect(await whyUnplayable(setup, next, "none")).toBeUndefined();
    const fewer = where("aws_autoscaling_group.cluster_hosts", (block) => ({
      ...block,
      desired_capacity: 3,
    }));
    expect(await whyUnplayable(setup, fewer, "none")).toMatch(
      /^aws_autoscaling_group\.cluster_hosts/,
    );
  });

  it("that does not affect Redis starts it 0 times in the local ECS", async () => {
    const analysis = await analysed(oldApp);
    const scenario = {
      name: "upgrade",
      title: "upgrade",
      description: "",
      steps: [firstDeploy, upgradeTo(now, false)],
    };
    const { signal } = new AbortController();
    const recording = await play({ scenario, setup: analysis.setup, seed: 1, signal });
    expect(recording.expectations.filter(({ held }) => !held)).toEqual([]);
    expect(recording.figures).toContainEqual(
      expect.objectContaining({ name: "Redis starts caused by the upgrade", value: "0" }),
    );
  });
});
