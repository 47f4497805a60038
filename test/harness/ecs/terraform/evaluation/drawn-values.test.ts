import { expect, it } from "vitest";
import { withoutDrawn } from "../../../../../harness/ecs/terraform/evaluation/drawn-values.ts";

it("leaves out of a block what a mock has drawn, and keeps what the folder or a resource has", () => {
  const block = { id: "lt-0123456789", name: "z7sg1yki", container: "frontend", owner: "a1b2c3d4" };
  const known = new Set(["frontend", "a1b2c3d4"]);
  expect(withoutDrawn([block], [{ id: true, name: true, owner: true }], known)).toEqual([
    { id: "lt-0123456789", container: "frontend", owner: "a1b2c3d4" },
  ]);
  expect(withoutDrawn("z7sg1yki", true, known)).toBe("z7sg1yki");
});

it("leaves out the numbers and flags of a block that the plan does not know", () => {
  const check = { path: "/", timeout: 0, interval: 0, enabled: false, port: 80 };
  const unknown = [{ timeout: true, enabled: true, port: true }];
  expect(withoutDrawn([check], unknown, new Set())).toEqual([{ path: "/", interval: 0, port: 80 }]);
});
