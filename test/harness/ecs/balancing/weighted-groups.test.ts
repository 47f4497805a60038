import { expect, it } from "vitest";
import { WeightedGroups } from "../../../../harness/ecs/balancing/weighted-groups.ts";

const shares = (weights: Readonly<Record<string, number>>, requests: number) => {
  const groups = new WeightedGroups();
  const action = {
    type: "forward" as const,
    targetGroup: "a",
    weights: Object.entries(weights).map(([targetGroup, weight]) => ({ targetGroup, weight })),
  };
  return Array.from({ length: requests }, () => groups.next(action));
};

it("shares out requests by weight, evenly over time", () => {
  const all = shares({ a: 90, b: 10 }, 100);
  expect(all.filter((each) => each === "b")).toHaveLength(10);
  expect(all.slice(0, 10).filter((each) => each === "b")).toHaveLength(1);
});

it("sends nothing to a group of weight 0, and to no group if all weights are 0", () => {
  expect(new Set(shares({ a: 0, b: 3 }, 20))).toEqual(new Set(["b"]));
  expect(shares({ a: 0, b: 0 }, 2)).toEqual([undefined, undefined]);
});

it("sends all requests to a single group", () => {
  expect(new WeightedGroups().next({ type: "forward", targetGroup: "a" })).toBe("a");
});
