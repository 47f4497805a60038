import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type {
  HostState,
  ServiceState,
  TargetState,
  TaskState,
} from "../../../../harness/ecs/index.ts";
import { type Frame, renderFrame } from "../../../../harness/views/terminal/frame.ts";

const task: TaskState = {
  id: "t1",
  service: "dev-redis",
  deploymentId: "d1",
  taskDefinition: "dev-redis:1",
  status: "RUNNING",
  health: "HEALTHY",
  host: "host-1",
  address: "127.0.9.1",
  containers: [
    {
      name: "redis",
      image: "redis:8",
      status: "RUNNING",
      health: "HEALTHY",
      failedChecks: 0,
      restarts: 0,
      pid: 1,
      exitCode: undefined,
      address: undefined,
      reason: undefined,
      ports: [{ containerPort: 6379, hostPort: 32_768 }],
    },
  ],
  createdAt: 0,
  startedAt: 0,
  healthyAt: 0,
  stoppedAt: undefined,
  stoppedReason: undefined,
};

const host: HostState = {
  id: "host-1",
  address: "127.0.9.1",
  status: "ACTIVE",
  memory: 1024,
  freeMemory: 512,
  tasks: ["t1"],
};

const service: ServiceState = {
  name: "dev-redis",
  resource: "aws_ecs_service.redis",
  desiredCount: 1,
  runningCount: 1,
  stable: true,
  deployments: [],
  tasks: [task],
};

test("a frame shows the step, hosts with their tasks, records and requests", () => {
  const text = render({});
  expect(text).toContain("✓ first deploy · ▸ app redeploy · Redis moves");
  expect(text).toMatch(/host-1 +127\.0\.9\.1 +● dev-redis:32768/);
  expect(text).toContain("SRV dev-redis.dev-ecs → 127.0.9.1:32768");
  expect(text).toContain("1 served  1 failed");
  expect(text).toContain("1:05");
});

test("a frame shows a draining host, a stopping task and a name without records", () => {
  const stopping = { ...task, status: "STOPPING" as const };
  const text = render({
    ecs: {
      hosts: [{ ...host, status: "DRAINING" }],
      services: [{ ...service, tasks: [stopping] }],
      targets: [],
    },
    records: new Map([["dev-redis.dev-ecs", []]]),
  });
  expect(text).toContain("DRAINING");
  expect(text).toContain("◌ dev-redis:32768 stopping");
  expect(text).toContain("dev-redis.dev-ecs → no records");
});

const target: TargetState = {
  targetGroup: "dev-app",
  service: "dev-app",
  taskId: "t1",
  state: "initial",
  failure: undefined,
  containerPort: 3_000,
  listenPort: 21_000,
};

test.each<[TaskState["health"], readonly TargetState["state"][], string]>([
  ["UNKNOWN", [], "○ dev-redis:32768"],
  ["HEALTHY", [], "● dev-redis:32768"],
  ["UNHEALTHY", [], "✗ dev-redis:32768 unhealthy"],
  ["UNKNOWN", ["initial"], "○ dev-redis:32768"],
  ["UNKNOWN", ["healthy"], "● dev-redis:32768"],
  ["UNKNOWN", ["healthy", "initial"], "○ dev-redis:32768"],
  ["HEALTHY", ["unhealthy"], "✗ dev-redis:32768 unhealthy"],
  ["UNHEALTHY", ["healthy"], "✗ dev-redis:32768 unhealthy"],
])(
  "a task whose containers are %s and whose targets are %j shows as %s",
  (health, states, shown) => {
    const tasks = [{ ...task, health }];
    const targets = states.map((state) => ({ ...target, state }));
    const ecs = { hosts: [host], services: [{ ...service, tasks }], targets };
    const text = render({ ecs });
    const line = text.split("\n").find((each) => each.includes("host-1"));
    expect(line?.endsWith(` ${shown}`), line).toBe(true);
    expect(text).toContain("● healthy  ○ no verdict yet  ✗ unhealthy  ◌ starting or stopping");
  },
);

function render(changes: Partial<Frame>): string {
  const frame: Frame = {
    title: "The whole story",
    steps: ["first deploy", "app redeploy", "Redis moves"],
    step: "app redeploy",
    elapsed: 65_000,
    ecs: { hosts: [host], services: [service], targets: [] },
    load: {
      outcomes: [
        { guest: "a", sentAt: 7_000, endedAt: 7_500, status: 201 },
        { guest: "b", sentAt: 9_000, endedAt: 9_900, status: 503 },
      ],
    },
    records: new Map([["dev-redis.dev-ecs", ["127.0.9.1:32768"]]]),
    faults: [],
    events: ["dev-redis started"],
    now: 10_000,
    columns: Infinity,
    ...changes,
  };
  return stripVTControlCharacters(renderFrame(frame));
}
