import { describe, expect, it } from "vitest";

import { Shared, keyOf } from "../../../runtime/src/base/shared.ts";
import { startNode } from "../support/installed.ts";

const SOURCE = new URL("../../../runtime/src/base/shared.ts", import.meta.url).href;

/** Prints which of three values are created again once unused ones may be collected. */
const COLLECTED = `
  import { setImmediate as turn } from "node:timers/promises";
  import { Shared } from ${JSON.stringify(SOURCE)};

  const shared = new Shared(1);
  const made = [];
  const get = (key) => shared.of(key, () => {
    made.push(key);
    return {};
  });
  const used = get("used");
  get("unused");
  get("recent");
  for (let times = 0; times < 4; times++) {
    await turn();
    gc();
  }
  made.length = 0;
  console.log(get("used") === used, get("recent") === get("recent"), get("unused") !== used, made);`;

const random = (): number => 0;

describe("shared values", () => {
  it("are created once for each key", () => {
    const shared = new Shared<{ at: number }>();
    const value = shared.of("a", () => ({ at: 1 }));
    expect(shared.of("a", () => ({ at: 2 }))).toBe(value);
    expect(shared.of("b", () => ({ at: 3 }))).toEqual({ at: 3 });
  });

  it("are new ones after clear, which returns the old ones", () => {
    const shared = new Shared<{ at: number }>(1);
    const values = ["a", "b"].map((key, at) => shared.of(key, () => ({ at })));
    expect(shared.clear()).toEqual(values);
    expect(shared.of("a", () => ({ at: 2 }))).toEqual({ at: 2 });
    expect(shared.clear()).toEqual([{ at: 2 }]);
  });

  it("exist as long as they are used or among the most recent ones", async () => {
    const args = ["--expose-gc", "--import", import.meta.resolve("tsx"), "--input-type=module"];
    await using node = startNode([...args, "-e", COLLECTED]);
    const outcome = await node.outcome;
    expect(outcome).toEqual({
      code: 0,
      stdout: 'true true true [ "unused" ]\n'.replaceAll('"', "'"),
      stderr: "",
    });
  });
});

describe("the key of options", () => {
  const resolver = { asked: 0, resolve: () => {} };

  it.each<[string, object, object]>([
    ["their order", { timeout: 1, family: 4 }, { family: 4, timeout: 1 }],
    ["undefined ones", { timeout: undefined }, {}],
    ["the object of cache", { cache: { minTtl: 1 } }, { cache: { minTtl: 1 } }],
    ["the object of tls", { tls: { ca: "a", key: undefined } }, { tls: { ca: "a" } }],
    ["the list of resolvers", { resolver: [resolver] }, { resolver: [resolver] }],
    ["their object", { resolver, random, timeout: 1 }, { resolver, random, timeout: 1 }],
  ])("does not depend on %s", (_what, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each<[string, object, object]>([
    ["a value", { timeout: 1 }, { timeout: 2 }],
    ["its type", { family: 0 }, { family: "0" }],
    ["the option", { timeout: 1 }, { cooldown: 1 }],
    ["a value in tls", { tls: { ca: "a" } }, { tls: { ca: "b" } }],
    ["true and an empty object", { tls: true }, { tls: {} }],
    ["the resolver", { resolver }, { resolver: { ...resolver } }],
    ["the order of resolvers", { resolver: [resolver, random] }, { resolver: [random, resolver] }],
    ["a function", { random }, { random: () => 0 }],
    ["an object in tls", { tls: { ca: Buffer.from("a") } }, { tls: { ca: Buffer.from("a") } }],
    ["text that looks like two options", { a: "1", b: "2" }, { a: '1"],["b","2' }],
  ])("depends on %s", (_what, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it("stays the same when a resolver changes", () => {
    const before = keyOf({ resolver });
    resolver.asked++;
    expect(keyOf({ resolver })).toBe(before);
  });
});
