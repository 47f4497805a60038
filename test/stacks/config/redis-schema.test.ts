import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { container, devWith } from "../support/template.ts";

const digest = `@sha256:${"0".repeat(64)}`;

describe("a field of Redis that is refused", () => {
  const bad: [field: string, changes: object][] = [
    ["kind", { kind: "sidecar" }],
    ["memory", { memory: "512" }],
    ["memory", { memory: 512.5 }],
    ["dnsTtl", { dnsTtl: 0 }],
    ["maxmemoryPolicy", { maxmemoryPolicy: "lru" }],
    ["appendfsync", { appendfsync: "no" }],
    ["healthCheck.retries", { healthCheck: { retries: 6 } }],
    ["healthCheck.interval", { healthCheck: { interval: 10 } }],
    ["healthCheck.timeout", { healthCheck: { timeout: 5 } }],
    ["parameters.dir", { parameters: { dir: "/tmp" } }],
    ["parameters.save", { parameters: { save: "60 1" } }],
    ["parameters.hz", { parameters: { hz: 100 } }],
    ["parameters.hz", { parameters: { hz: "1; reboot" } }],
    ["parameters.hz", { parameters: { hz: "--dir /" } }],
    ["parameters.timeout", { parameters: { timeout: "300 --appendonly no --maxmemory 0" } }],
    ["parameters.timeout", { parameters: { timeout: "300\n--appendonly no" } }],
    ["parameters", { parameters: "hz 10" }],
    ["majorVersion", { majorVersion: 99.5 }],
    ["majorVersion", { majorVersion: "8" }],
    ["memroy", { memroy: 512 }],
  ];

  it.each(bad)("is %s of %j", (field, changes) => {
    const [line, ...more] = refusedLines({ redis: changes });
    expect(more).toEqual([]);
    expect(line).toMatch(new RegExp(`^dev\\.redis\\.${field.replace(".", "\\.")}: `));
  });
});

describe("ElastiCache, which the stacks once created", () => {
  const first =
    /removed block with destroy = false has taken its group out of the state: .*\(docs\/elasticache\.md#if-these-stacks-created-the-group\)$/;

  it.each([
    ["kind", { kind: "elasticache", nodeType: "cache.t4g.small" }],
    ["beside", { beside: { kind: "elasticache" } }],
    ["beside", { memory: 512, beside: { nodeType: "cache.t4g.small" } }],
  ])("is refused in redis.%s of %j, with what to do before the next plan", (field, redis) => {
    const [line = ""] = refusedLines({ redis });
    expect(line).toMatch(new RegExp(`^dev\\.redis\\.${field}: `));
    expect(line).toMatch(first);
  });

  it("is not named for another kind or field", () => {
    expect(refusedLines({ redis: { kind: "sidecar", besides: {} } }).join()).not.toMatch(/lasti/);
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
      expect.stringMatching(/^dev\.redis\.image: /),
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
      expect.stringMatching(/^dev\.redis\.image: /),
    ]);
  });

  it("must not have an earlier major version", () => {
    expect(refusedLines({ redis: { image: "redis:7.4" } })).toEqual([
      expect.stringMatching(/^dev\.redis\.image: /),
    ]);
    expect(refusedLines({ redis: { image: "redis:8.0.4", majorVersion: 9 } })).toHaveLength(1);
  });

  it.each([`mirror/redis${digest}`, "mirror/redis:stable", "mirror/redis:20260101"])(
    "needs majorVersion if its tag has no version: %s",
    (image) => {
      expect(refusedLines({ redis: { image } })).toEqual([
        expect.stringContaining("dev.redis.majorVersion:"),
      ]);
    },
  );
});
