import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { container, devWith } from "../support/template.ts";

const digest = `@sha256:${"0".repeat(64)}`;

describe("a field of Redis that is refused", () => {
  const bad: [field: string, changes: object, message: string][] = [
    ["kind", { kind: "sidecar" }, 'got "sidecar"; allowed: one of service'],
    ["memory", { memory: "512" }, 'got "512"; allowed: a whole number from 128'],
    ["memory", { memory: 512.5 }, "a whole number from 128"],
    ["dnsTtl", { dnsTtl: 0 }, "a whole number from 1 to 300 (seconds)"],
    ["maxmemoryPolicy", { maxmemoryPolicy: "lru" }, "one of noeviction"],
    ["appendfsync", { appendfsync: "no" }, 'got "no"; allowed: one of everysec, always'],
    ["healthCheck.retries", { healthCheck: { retries: 6 } }, "from 9 to 10"],
    ["healthCheck.interval", { healthCheck: { interval: 10 } }, "from 15 to 30"],
    ["healthCheck.timeout", { healthCheck: { timeout: 5 } }, "from 20 to 60"],
    ["parameters.dir", { parameters: { dir: "/tmp" } }, "a tuning parameter of redis.conf"],
    ["parameters.save", { parameters: { save: "60 1" } }, "a tuning parameter of redis.conf"],
    ["parameters.hz", { parameters: { hz: 100 } }, "got 100; allowed: text in quotes"],
    ["parameters.hz", { parameters: { hz: "1; reboot" } }, "allowed: text in quotes"],
    ["parameters.hz", { parameters: { hz: "--dir /" } }, "allowed: text in quotes"],
    ["parameters", { parameters: "hz 10" }, "an object from parameter to text"],
    ["majorVersion", { majorVersion: 99.5 }, "a whole number from 6"],
    ["majorVersion", { majorVersion: "8" }, 'got "8"; allowed: a whole number from 6'],
    ["memroy", { memroy: 512 }, "unknown; allowed: fields kind, image"],
  ];

  it.each(bad)("is %s of %j", (field, changes, message) => {
    const [line, ...more] = refusedLines({ redis: changes });
    expect(more).toEqual([]);
    expect(line).toMatch(new RegExp(`^dev\\.redis\\.${field.replace(".", "\\.")}: `));
    expect(line).toContain(message);
  });
});

describe("the image of Redis", () => {
  it.each([
    "redis",
    "redis:latest",
    `redis:latest${digest}`,
    "redis:alpine",
    "redis:8-alpine",
    "redis:8.0.4-alpine3.21",
    `redis:8-alpine${digest}`,
    "valkey/valkey:8-alpine",
    "example.com/busybox-redis:8",
    "cgr.dev/chainguard/redis:8",
  ])("must not be %s, which has no version or cannot wait for the writer lock", (image) => {
    expect(refusedLines({ redis: { image, majorVersion: 8 } })).toEqual([
      expect.stringMatching(
        /^dev\.redis\.image: got .*; allowed: a Debian image of Redis or Valkey with a version or digest/,
      ),
    ]);
  });

  it.each([
    ["redis:8.0.4", 8],
    ["redis:8", 8],
    [`redis:8.2-bookworm${digest}`, 8],
    ["valkey/valkey:8.1.3", 8],
    ["localhost:5000/mirror/redis:v8.2", 8],
    ["redis:7.4.2", 7],
    [`mirror/redis${digest}`, 8],
    ["mirror/redis:stable", 9],
  ])("may be %s with major version %d", (image, majorVersion) => {
    expect(container(devWith({ redis: { image, majorVersion } }), "redis").image).toBe(image);
  });

  it("must have version 8 by default", () => {
    expect(container(devWith({ redis: { image: "redis:8.2.1" } }), "redis").image).toBe(
      "redis:8.2.1",
    );
    expect(refusedLines({ redis: { image: "redis:9.0.1" } })).toEqual([
      expect.stringMatching(
        /^dev\.redis\.image: got "redis:9\.0\.1"; allowed: an image of version 8, or redis\.majorVersion: 9 /,
      ),
    ]);
  });

  it("must not have an earlier major version", () => {
    expect(refusedLines({ redis: { image: "redis:7.4" } })).toEqual([
      expect.stringMatching(
        /^dev\.redis\.image: got "redis:7\.4"; allowed: an image of version 8, or redis\.majorVersion: 7 /,
      ),
    ]);
    expect(refusedLines({ redis: { image: "redis:8.0.4", majorVersion: 9 } })).toHaveLength(1);
  });

  it.each([`mirror/redis${digest}`, "mirror/redis:stable", "mirror/redis:20260101"])(
    "needs majorVersion if its tag has no version: %s",
    (image) => {
      expect(refusedLines({ redis: { image } })).toEqual([
        expect.stringContaining("dev.redis.majorVersion: missing; allowed: "),
      ]);
    },
  );
});
