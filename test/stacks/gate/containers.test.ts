import { expect, it } from "vitest";
import { containersByName } from "../../../stacks/gate/containers.ts";

it("compares containers by name, and other text unchanged", () => {
  const [app, redis] = [
    { name: "app", image: "a" },
    { name: "redis", image: "r" },
  ];
  const byName = { app, redis };
  expect(containersByName(JSON.stringify([redis, app]))).toEqual(byName);
  expect([undefined, "half a lis["].map(containersByName)).toEqual([undefined, "half a lis["]);
});
