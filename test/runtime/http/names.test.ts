import { describe, expect, it } from "vitest";

import { srvNames } from "../../../runtime/src/http/names.ts";

describe("whether a name is looked up", () => {
  it.each(["127.0.0.1", "::1", "localhost", "LOCALHOST.", "web.localhost"])(
    "is false for %s",
    (host) => {
      expect(srvNames(undefined)(host)).toBe(false);
    },
  );

  it("is true for every other name without a list", () => {
    expect(srvNames(undefined)("example.com")).toBe(true);
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
    expect(srvNames(names)(host)).toBe(expected);
  });

  it.each([[[]], [["*"]], [["*."]], [["a.*"]], [["127.0.0.1"]], [[1]], ["dev-ecs"], [/ecs/]])(
    "is not by %j",
    (names) => {
      expect(() => srvNames(names)).toThrow(/^Invalid names: got .*; allowed: a list of SRV names/);
    },
  );
});
