import { describe, expect, it } from "vitest";

import { Services } from "../../../runtime/src/http/services.ts";

describe("whether a name is looked up", () => {
  it.each([
    ["127.0.0.1", true, false],
    ["::1", true, false],
    ["localhost", true, false],
    ["LOCALHOST.", true, false],
    ["web.localhost", true, false],
    ["example.com", false, false],
    ["example.com", true, true],
  ])("without a list: %s, with the default port %s: %s", (host, isDefaultPort, expected) => {
    expect(new Services({}).has(host, isDefaultPort)).toBe(expected);
  });

  it.each([
    ["search.dev-ecs", true],
    ["SEARCH.dev-ecs.", true],
    ["_http._tcp.example.com", true],
    ["a.b.stg-ecs", true],
    ["b.stg-ecs", true],
    ["stg-ecs", false],
    ["notstg-ecs", false],
    ["other.dev-ecs", false],
    ["a.search.dev-ecs", false],
  ])("depends on a list: %s %s", (host, expected) => {
    const names = ["Search.dev-ecs", "*.stg-ecs", "_http._tcp.example.com"];
    expect(new Services({ names }).has(host, true)).toBe(expected);
  });

  it.each([[[]], [["*"]], [["*."]], [["a.*"]], [["127.0.0.1"]], [[1]], ["dev-ecs"], [/ecs/]])(
    "is not by %j",
    (names) => {
      expect(() => new Services({ names } as object)).toThrow(
        /^Invalid names: got .*; allowed: a list of SRV names/,
      );
    },
  );
});
