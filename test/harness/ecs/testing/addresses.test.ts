import { expect, it } from "vitest";
import { claimAddresses } from "../../../../harness/ecs/testing/addresses.ts";

it.runIf(process.platform === "linux")("has 253 addresses, then the first one again", async () => {
  const addresses = await claimAddresses();
  const taken = Array.from({ length: 253 }, () => addresses.next());
  expect(new Set(taken).size).toBe(253);
  expect(addresses.next()).toBe(taken[0]);
  addresses.release();
});

it("has only 127.0.0.1 on a system without other loopback addresses", async () => {
  const addresses = await claimAddresses(() => Promise.resolve(false));
  expect([addresses.next(), addresses.next()]).toEqual(["127.0.0.1", "127.0.0.1"]);
  addresses.release();
});
