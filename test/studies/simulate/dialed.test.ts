import { channel } from "node:diagnostics_channel";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DialRecorder } from "../../../studies/simulate/dialed.ts";

let now = 0;
let dialed: DialRecorder;
beforeEach(() => {
  dialed = new DialRecorder(() => now);
});
afterEach(() => dialed[Symbol.dispose]());

function publish(name: string, at: number, message: object = {}): void {
  now = at;
  channel(`srv-dialer:${name}`).publish(message);
}

const answer = (at: number, ttl: number): void => publish("resolve", at, { targets: [{}], ttl });

it("returns the time at which the resolver received its records, from their remaining TTL", () => {
  // Received between 12 000 and 12 500: the remaining TTL is 7 s, then 4 s, of ten.
  answer(15_000, 7);
  answer(18_500, 4);
  expect(dialed.recordsReceived(10, 20_000)).toBe((12_500 + 12_000 + 1_000) / 2);
});

it("counts dials that finished after a time, connected or failed", () => {
  publish("connect", 1_000);
  publish("failure", 2_000);
  publish("connect", 3_000);
  expect(dialed.dials(1_500)).toBe(2);
  expect(dialed.firstConnect(1_500)).toBe(3_000);
  expect(() => dialed.firstConnect(3_500)).toThrow("no client was connected to the new Redis");
});
