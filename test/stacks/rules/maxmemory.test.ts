import { expect, it } from "vitest";
import { maxmemoryOf } from "../../../stacks/rules/maxmemory.ts";
import { redisTasksOf } from "../../../stacks/rules/tasks.ts";
import { Template } from "../../../stacks/rules/template.ts";

function maxmemoryIn(command: string): number {
  const container_definitions = JSON.stringify([{ command: ["sh", "-c", command] }]);
  const template = new Template({
    resource: { aws_ecs_task_definition: { redis: { container_definitions } } },
  });
  const [task] = redisTasksOf(template);
  if (task === undefined) throw new Error("no task runs Redis");
  return maxmemoryOf(task);
}

it.each([
  ["402653184", 384],
  ["402653184b", 384],
  ["524288k", 500],
  ["393216kb", 384],
  ["131.072m", NaN],
  ["1048576m", 1e6],
  ["384mb", 384],
  ["384MB", 384],
  ["131072g", 125e6],
  ["3gb", 3072],
  // No limit, and invalid values.
  ["0", NaN],
  ["0mb", NaN],
  ["384mib", NaN],
  ["384mb2", NaN],
  ["mb", NaN],
  ["$SERVER_MAXMEMORY", NaN],
])("converts %s to %d MiB", (maxmemory, mebibytes) => {
  const command = `redis-server --maxmemory ${maxmemory} --maxmemory-policy noeviction`;
  expect(maxmemoryIn(command)).toBe(mebibytes);
});

it("returns NaN without maxmemory", () => {
  expect(maxmemoryIn("redis-server --maxmemory-policy noeviction")).toBeNaN();
});
