import { expect, test } from "vitest";
import { EventEmitter } from "node:events";
import { type EcsEvents, readTemplate, type TargetState } from "../../../../harness/ecs/index.ts";
import { AppHints } from "../../../../harness/views/terminal/app-hints.ts";
import { template } from "../../ecs/fixture/template.ts";

const { plan } = await readTemplate(template(), { parameters: {}, drawn: new Map() });
const [group] = [...plan.targetGroups.values()];

const target: TargetState = {
  targetGroup: group?.name ?? "",
  service: "test-app",
  taskId: "3dd8a4".padEnd(32, "0"),
  state: "initial",
  failure: "Request timed out",
  containerPort: 3_000,
  listenPort: 21_234,
};

function watched(log = "") {
  const said: string[] = [];
  const ecs = {
    targets: [target],
    events: new EventEmitter() as EcsEvents,
    log: () => Promise.resolve(log),
  };
  const hints = new AppHints(ecs, plan, (text) => said.push(text));
  return { said, ecs, hints, [Symbol.dispose]: () => hints.close() };
}

test("a failing health check is reported once, whatever the task, and another failure again", () => {
  using watch = watched();
  for (const taskId of ["a", "a", "b"]) {
    watch.ecs.targets = [{ ...target, taskId: taskId.repeat(32) }];
    watch.hints.check();
  }
  expect(watch.said).toHaveLength(1);
  watch.ecs.targets = [{ ...target, failure: "Health checks failed with these codes: [404]" }];
  watch.hints.check();
  expect(watch.said).toHaveLength(2);
});

test("a container that ends because its port is taken gets the right port in a hint", async () => {
  using watch = watched("Error: listen EADDRINUSE: address already in use :::3000\n");
  const { service, taskId } = target;
  const container = {
    type: "container",
    service,
    taskId,
    container: "app",
    isOnly: true,
    pid: undefined,
  } as const;
  for (const exitCode of [0, 143, 1]) {
    watch.ecs.events.emit("event", { ...container, at: 0, status: "STOPPED", exitCode });
  }
  await expect.poll(() => watch.said).toHaveLength(1);
  expect(watch.said[0]).toContain("21234 in this task");
});
