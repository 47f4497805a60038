import { expect, it } from "vitest";
import { TaskAddresses } from "../../../../harness/ecs/machine/addresses.ts";

it("each task gets its own address, until all are in use", () => {
  const addresses = new TaskAddresses("127.1.2.");
  const taken = Array.from({ length: 55 }, () => addresses.take());
  expect([taken[0], taken.at(-1), new Set(taken).size]).toEqual(["127.1.2.200", "127.1.2.254", 55]);
  expect(() => addresses.take()).toThrow("no free address for a task in 127.1.2.200-254");
  addresses.giveBack("127.1.2.201");
  expect(addresses.take()).toBe("127.1.2.201");
});
