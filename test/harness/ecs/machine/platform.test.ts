import { expect, it } from "vitest";
import { checkSystem } from "../../../../harness/ecs/machine/platform.ts";

it("a local ECS is refused if the kernel is not Linux", () => {
  expect(() => checkSystem("linux")).not.toThrow();
  expect(() => checkSystem("darwin")).toThrow("the local ECS needs Linux");
});
