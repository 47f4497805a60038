import { describe, expect, it } from "vitest";
import {
  allContainersOf,
  efsMounts,
  redisServicesOf,
  redisTasksOf,
  secretNames,
  sharesHostNetwork,
  tasksOf,
  variable,
} from "../../../stacks/rules/tasks.ts";
import { Template } from "../../../stacks/rules/template.ts";

/** A template with one task definition and a service that runs it. */
function withContainers(containers: unknown, more: object = {}): Template {
  const definitions =
    typeof containers === "string" ? containers : JSON.stringify([containers].flat());
  return new Template({
    resource: {
      aws_ecs_task_definition: { one: { container_definitions: definitions, ...more } },
      aws_ecs_service: {
        one: { task_definition: "${aws_ecs_task_definition.one.arn}" },
        other: { task_definition: "arn:aws:ecs:eu-west-1:111111111111:task-definition/other:1" },
      },
    },
  });
}

describe("a task", () => {
  it("has the services that run its definition", () => {
    const [task] = tasksOf(withContainers({ name: "app" }));
    expect(task?.services.map(({ address }) => address)).toEqual(["aws_ecs_service.one"]);
  });

  it("has no containers if they are known only after apply", () => {
    expect(tasksOf(withContainers("${local.containers}"))[0]?.containers).toEqual([]);
    expect(tasksOf(withContainers('{"name":"app"}'))[0]?.containers).toEqual([]);
  });

  it.each([
    [{ image: "redis:8" }, true],
    [{ image: "example.com/mirror/valkey@sha256:00" }, true],
    [{ image: "redis" }, true],
    [{ image: "example.com/not-redis:8" }, false],
    [{ image: "example.com/redis/exporter:1" }, false],
    [{ command: ["redis-server", "--port", "6379"] }, true],
    [{ image: "app:1", command: ["sh", "-c", "exec valkey-server"] }, true],
    [{ image: "redis:8", command: ["redis-cli", "ping"] }, false],
  ])("of the container %j runs Redis: %s", (container, expected) => {
    expect(redisTasksOf(withContainers({ name: "it", ...container }))).toHaveLength(
      expected ? 1 : 0,
    );
  });

  it("has containers with their paths and task definition", () => {
    const containers = allContainersOf(withContainers([{ name: "app" }, { name: "sidecar" }]));
    expect(
      containers.map(({ definition, field, body }) => [definition.address, field, body["name"]]),
    ).toEqual([
      ["aws_ecs_task_definition.one", "container_definitions.0", "app"],
      ["aws_ecs_task_definition.one", "container_definitions.1", "sidecar"],
    ]);
  });

  it("of Redis has the container of Redis and its services", () => {
    const template = withContainers([{ name: "sidecar" }, { name: "redis", image: "redis:8" }]);
    expect(redisTasksOf(template).map(({ redis }) => redis.body["name"])).toEqual(["redis"]);
    expect(redisServicesOf(template).map(({ address }) => address)).toEqual([
      "aws_ecs_service.one",
    ]);
  });

  it.each([
    ["awsvpc", false],
    ["bridge", true],
    ["host", true],
    [undefined, true],
  ])("in mode %s shares the host's network: %s", (network_mode, expected) => {
    const [task] = tasksOf(withContainers({ name: "app" }, { network_mode }));
    if (task === undefined) throw new Error("there is a task");
    expect(sharesHostNetwork(task)).toBe(expected);
  });

  it("has the names of its secrets", () => {
    const secrets = [{ name: "A", valueFrom: "arn" }, { name: "B" }];
    const [container] = tasksOf(withContainers({ secrets }))[0]?.containers ?? [];
    if (container === undefined) throw new Error("it has a container");
    expect(secretNames(container)).toEqual(["A", "B"]);
  });

  it("has a command with the values of variables, one word per line", () => {
    const environment = [
      { name: "SERVER_PORT", value: "6379" },
      { name: "COUNT", value: 2 },
    ];
    const command = ["sh", "-c", "run --port $SERVER_PORT --at $SERVER_PORT $COUNT $OTHER"];
    const [task] = tasksOf(withContainers([{ command, environment }, {}]));
    expect(task?.containers.map((each) => each.command)).toEqual([
      "sh\n-c\nrun --port 6379 --at 6379 $COUNT $OTHER",
      "",
    ]);
  });

  it("has variables by name", () => {
    const environment = [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ];
    const [container] = tasksOf(withContainers({ environment }))[0]?.containers ?? [];
    if (container === undefined) throw new Error("it has a container");
    expect(["A", "B", "C"].map((name) => variable(container, name))).toEqual(["1", "2", undefined]);
  });

  it("has the EFS mounts of a container", () => {
    const mountPoints = [
      { sourceVolume: "data", containerPath: "/data" },
      { sourceVolume: "scratch", containerPath: "/tmp" },
      { sourceVolume: "none", containerPath: "/none" },
    ];
    const efs = { file_system_id: "fs-1" };
    const volume = [{ name: "scratch" }, { name: "data", efs_volume_configuration: efs }];
    const [task] = tasksOf(withContainers({ mountPoints }, { volume }));
    const [container] = task?.containers ?? [];
    if (task === undefined || container === undefined) throw new Error("it has a container");
    expect(efsMounts(task, container)).toEqual([{ path: "/data", efs }]);
  });
});
