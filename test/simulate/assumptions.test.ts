import { expect, it } from "vitest";
import { AWS, scaled } from "./assumptions.ts";

it("for one client of ten, what all share is a tenth of it, and Redis takes ten times as long", () => {
  const { bucket, redis } = scaled(AWS, 1 / 10);
  expect(bucket).toEqual({ size: 200, refillPerSecond: 100 });
  expect(redis.backlog).toBe(51);
  expect(redis.accept).toBeCloseTo(0.25);
  expect(redis.ping).toBeCloseTo(0.05);
  expect(redis.handshake).toBeCloseTo(0.5);
});

it("what each host or client has by itself stays", () => {
  const { bucket: _bucket, redis: _redis, ...own } = scaled(AWS, 1 / 10);
  expect(own).toEqual((({ bucket: _b, redis: _r, ...rest }) => rest)(AWS));
  expect(scaled(AWS, 1 / 10_000).redis.backlog).toBe(1);
});
