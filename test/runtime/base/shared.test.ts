import { describe, expect, it } from "vitest";
import { Shared, keyOf } from "../../../runtime/src/base/shared.ts";

const random = (): number => 0;

/** @returns the keys for which values were made */
function get(shared: Shared<string>, ...keys: readonly string[]): string[] {
  const made: string[] = [];
  for (const key of keys) shared.of(key, () => (made.push(key), key));
  return made;
}

describe("shared values", () => {
  it("are created once for each key, and again after clear, which returns the old ones", () => {
    const shared = new Shared<string>();
    expect(get(shared, "a", "b", "a")).toEqual(["a", "b"]);
    expect(shared.clear()).toEqual(["b", "a"]);
    expect(shared.clear()).toEqual([]);
    expect(get(shared, "a")).toEqual(["a"]);
  });

  it("are those that were used last: at most so many, by default 1000", () => {
    const shared = new Shared<string>(2);
    expect(get(shared, "a", "b", "a", "c", "a", "b")).toEqual(["a", "b", "c", "b"]);
    const many = Array.from({ length: 1_001 }, (_, key) => String(key));
    const all = new Shared<string>();
    expect(get(all, ...many, "1", "0")).toEqual([...many, "0"]);
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
