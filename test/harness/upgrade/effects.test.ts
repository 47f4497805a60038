import { describe, expect, it } from "vitest";
import type { PlannedChange } from "../../../harness/ecs/index.ts";
import { noticesOf, type Upgrade } from "../../../harness/upgrade/effects.ts";

const REDIS = "aws_ecs_service.redis";
const TASK = "aws_ecs_task_definition.redis";
const RECORDS = "aws_service_discovery_service.redis";
const SYSTEM = "aws_efs_file_system.data";

const block = (address: string, args: object) =>
  [address, { address, type: address.split(".")[0] ?? "", arguments: args }] as const;

const containers = (image: string) =>
  JSON.stringify([{ name: "main", image, mountPoints: [{ sourceVolume: "data" }] }]);

const efs = (id: string, root = "/redis") => [
  { name: "data", efs_volume_configuration: [{ file_system_id: id, root_directory: root }] },
];

const service = (address: string, more: object = {}) =>
  block(address, {
    name: "dev-redis",
    task_definition: `⟨${TASK}.arn⟩`,
    service_registries: [{ registry_arn: `⟨${RECORDS}.arn⟩` }],
    ...more,
  });

type Blocks = Parameters<typeof moduleOf>[0];

const moduleOf = (blocks: readonly (readonly [string, object])[], unread: object = new Map()) =>
  ({ blocks: new Map(blocks), unread }) as object as Upgrade["before"];

const task = (volume: object = efs(`⟨${SYSTEM}.id⟩`), image = "redis:8.2") =>
  block(TASK, { container_definitions: containers(image), volume });

/** A Redis service with its records and its file system. */
const present: Blocks = [service(REDIS), task(), block(RECORDS, {}), block(SYSTEM, {})];

function change(address: string, more: Partial<PlannedChange> = {}): PlannedChange {
  const type = address.split(".")[0] ?? "";
  return { address, type, action: "change", arguments: [], before: {}, after: {}, ...more };
}

interface Given {
  readonly before?: Blocks;
  readonly after?: Blocks;
  readonly unread?: object;
  readonly unchanged?: Upgrade["unchanged"];
}

function saidOf(changes: readonly PlannedChange[], given: Given = {}): string[] {
  const { before = present, after = before, unread, unchanged = [] } = given;
  const modules = { before: moduleOf(before), after: moduleOf(after, unread) };
  return noticesOf({ changes, unchanged, drifted: [], ...modules }).map(
    ({ effect, what }) => `${effect}: ${what}`,
  );
}

const DEPLOY = change(REDIS, { arguments: ["task_definition"] });

const target = (id: string): PlannedChange =>
  change("aws_efs_mount_target.a", { action: "destroy", before: { file_system_id: id } });

describe("the effect of a change on Redis", () => {
  it.each<[address: string, more: Partial<PlannedChange>, says: string]>([
    [
      REDIS,
      { action: "replace", arguments: ["name"] },
      "restarts: Redis restarts: its service is created again (name)",
    ],
    [REDIS, { action: "replace" }, "restarts: "],
    [REDIS, { arguments: ["task_definition"] }, "restarts: "],
    [
      REDIS,
      { arguments: ["desired_count"], after: { force_new_deployment: true } },
      "ECS deploys its service for force_new_deployment",
    ],
    [
      REDIS,
      { arguments: ["desired_count"], after: { desired_count: 0 } },
      "leaves data: Redis ends",
    ],
    [RECORDS, { action: "replace" }, "cut off: "],
    [
      SYSTEM,
      { action: "replace" },
      "loses data: the file system is destroyed with the data of Redis",
    ],
    [SYSTEM, { action: "destroy" }, "loses data: "],
    [SYSTEM, { action: "forget" }, "leaves data: "],
    [
      "aws_autoscaling_group.hosts",
      { action: "replace" },
      "restarts: Redis restarts: all hosts of the group are replaced",
    ],
    ["aws_autoscaling_group.hosts", { arguments: ["max_size"] }, "may restart: "],
    ["aws_launch_template.hosts", { arguments: ["image_id"] }, "none: running hosts do not change"],
    ["aws_security_group.redis", { action: "replace" }, "cut off: connections"],
    [
      "aws_vpc_security_group_ingress_rule.redis",
      { action: "destroy" },
      "cut off: connections that need it fail",
    ],
    ["aws_elasticache_replication_group.redis", { action: "replace" }, "loses data: "],
    ["aws_elasticache_replication_group.redis", { action: "forget" }, "leaves data: "],
    ["aws_elasticache_replication_group.redis", { arguments: ["node_type"] }, "may restart: "],
  ])("%s, %j: %s", (address, more, says) => {
    expect(saidOf([change(address, more)]).join("\n")).toContain(says);
  });

  it.each<[what: string, changes: readonly PlannedChange[]]>([
    [
      "tags alone, even with a forced deployment",
      [change(REDIS, { arguments: ["tags"], after: { force_new_deployment: true } })],
    ],
    ["a count", [change(REDIS, { arguments: ["desired_count"], after: { desired_count: 1 } })]],
    [
      "the file system of another service",
      [change("aws_efs_file_system.other", { action: "destroy" })],
    ],
    [
      "a file system that is changed in place",
      [change(SYSTEM, { arguments: ["throughput_mode"] })],
    ],
    ["a move", [change(SYSTEM, { action: "move", from: "aws_efs_file_system.old" })]],
    ["a rule that is changed in place", [change("aws_vpc_security_group_ingress_rule.redis")]],
    [
      "a cache of Memcached",
      [change("aws_elasticache_cluster.c", { action: "destroy", before: { engine: "memcached" } })],
    ],
    ["another service", [change("aws_ecs_service.app", { action: "replace" })]],
  ])("is none: %s", (_, changes) => {
    expect(saidOf(changes)).toEqual([]);
  });

  it("is none where no Redis runs", () => {
    const changes = [DEPLOY, change("aws_autoscaling_group.hosts", { action: "replace" })];
    expect(saidOf(changes, { before: [], after: present })).toEqual([]);
  });

  it("is about the mount targets of its own file system", () => {
    const unchanged = [{ address: SYSTEM, type: "aws_efs_file_system", values: { id: "fs-1" } }];
    expect(saidOf([target("fs-1")], { unchanged })).toHaveLength(1);
    expect(saidOf([target("fs-2")], { unchanged })).toEqual([]);
    const outside = [service(REDIS), task(efs("fs-3"))];
    expect(saidOf([target("fs-3")], { before: outside })).toHaveLength(1);
  });

  it("does not mention interruptions if Redis ends", () => {
    const changes = [REDIS, RECORDS].map((address) => change(address, { action: "destroy" }));
    expect(saidOf(changes, { after: [] })).toEqual([
      "leaves data: Redis ends: dev-redis no longer runs it",
    ]);
  });

  it("is a restart if another service starts with the same data", () => {
    const next = "aws_ecs_service.cache";
    const changes = [change(REDIS, { action: "destroy" }), change(next, { action: "create" })];
    const after = [service(next, { name: "dev-cache" }), task()];
    const [first] = saidOf(changes, { after });
    expect(first).toMatch(/^restarts: .* dev-cache starts with its data/);
    const elsewhere = [service(next), task(efs("fs-2"))];
    expect(saidOf(changes, { after: elsewhere })[0]).toMatch(/^leaves data: /);
  });

  it("is a loss if its data end with its task, and it restarts", () => {
    const before = [service(REDIS), task([{ name: "data" }])];
    expect(saidOf([DEPLOY], { before })[0]).toMatch(/^loses data: /);
    expect(saidOf([change(REDIS, { arguments: ["tags"] })], { before })).toEqual([]);
  });

  it("is a restart if the planned task definition is known only after apply", () => {
    const unread = new Map([[TASK, new Error("unknown")]]);
    expect(saidOf([DEPLOY], { after: [service(REDIS)], unread })[0]).toMatch(/^restarts: /);
    const unnamed = [block(REDIS, { name: "dev-redis" })];
    expect(saidOf([DEPLOY], { after: unnamed })[0]).toMatch(/^restarts: /);
  });
});

describe("the data of a Redis that restarts", () => {
  const access = (id: string, path: string): Blocks => [
    service(REDIS),
    task([
      {
        name: "data",
        efs_volume_configuration: [
          { file_system_id: "fs-1", authorization_config: [{ access_point_id: `⟨${id}.id⟩` }] },
        ],
      },
    ]),
    block(id, { root_directory: [{ path }] }),
  ];

  it.each<[what: string, effect: string, before: Blocks, after: Blocks]>([
    [
      "another folder",
      "leaves data",
      present,
      [service(REDIS), task(efs(`⟨${SYSTEM}.id⟩`, "/other"))],
    ],
    ["another file system", "leaves data", present, [service(REDIS), task(efs("fs-2"))]],
    ["no volume", "leaves data", present, [service(REDIS), task([])]],
    [
      "another access point",
      "restarts",
      access("aws_efs_access_point.a", "/r"),
      access("aws_efs_access_point.b", "/r"),
    ],
    [
      "an access point to another folder",
      "leaves data",
      access("aws_efs_access_point.a", "/r"),
      access("aws_efs_access_point.a", "/s"),
    ],
    [
      "the folder of an access point",
      "restarts",
      access("aws_efs_access_point.a", "/r"),
      [service(REDIS), task(efs("fs-1", "/r"))],
    ],
  ])("in %s: %s", (_, effect, before, after) => {
    expect(saidOf([DEPLOY], { before, after })[0]).toMatch(new RegExp(`^${effect}: `));
  });
});
