import { expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/index.ts";
import { checkImages } from "../../../../harness/ecs/tasks/check-images.ts";

const planWith = async (privileged: boolean) => {
  const container = { name: "agent", image: "agent:1", memory: 16, privileged };
  const definition = { family: "a", container_definitions: JSON.stringify([container]) };
  const resource = { aws_ecs_task_definition: { a: definition } };
  return (await readTemplate({ resource }, { parameters: {}, drawn: new Map() })).plan;
};

const image = { command: ["true"] };

it("refuses a privileged container from an image by name, and runs a process in its place", async () => {
  const plan = await planWith(true);
  expect(() => checkImages(plan, { agent: { ...image, root: "/" } })).toThrow(
    "aws_ecs_task_definition.a (agent): a privileged container cannot run from an image",
  );
  expect(() => checkImages(plan, { agent: image })).not.toThrow();
});
