import { group } from "d3-array";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../../../harness/plays/stage/random.ts";
import { Keys, LIFE, type Work } from "../../../../harness/soak/clients/work.ts";

const WRITERS = [0, 1];
const SHARER = 2;

/** The operations of three clients in turn. The last one writes shared keys. */
function worked(count: number): { client: number; work: Work }[] {
  const keys = new Keys(WRITERS, randomOf(1, "keys"));
  return Array.from({ length: count }, (_, index) => {
    const client = index % 3;
    return { client, work: keys.next(client, client === SHARER) };
  });
}

const all = worked(6_000);
const of = (kind: Work["kind"]) => all.filter(({ work }) => work.kind === kind);

describe("the keys of the clients", () => {
  it("are written by only one client, unless the client sends each command once", () => {
    const writers = new Map<string, Set<number>>();
    for (const { client, work } of of("set")) {
      writers.set(work.key, (writers.get(work.key) ?? new Set()).add(client));
    }
    const pairs = [...writers].map(
      ([key, clients]) => `${key.split(":")[1]}: ${[...clients].join()}`,
    );
    const shared = ["shared-0: 2", "shared-1: 2", "shared-2: 2"];
    expect(new Set(pairs)).toEqual(new Set(["own-0: 0", "own-1: 1", ...shared]));
  });

  it("are separate counters for clients that send each command once", () => {
    const counted = of("incr").map(({ client, work }) => [work.key.split(":")[1], client]);
    const counters = ["counter-0", "counter-1"].flatMap((slot) => WRITERS.map((w) => [slot, w]));
    const expected = [...counters, ["once-counter", SHARER]].map(String);
    expect(new Set(counted.map(String))).toEqual(new Set(expected));
  });

  it("are registers or counters, never both", () => {
    const counters = new Set(of("incr").map(({ work }) => work.key));
    const registers = new Set([...of("set"), ...of("get")].map(({ work }) => work.key));
    expect(counters.size).toBeGreaterThan(5);
    expect([...counters].filter((key) => registers.has(key))).toEqual([]);
  });

  it("are read by every client", () => {
    expect(new Set(of("get").map(({ client }) => client))).toEqual(new Set([0, 1, SHARER]));
  });

  it("are replaced after a number of operations", () => {
    const uses = group(all, ({ work }) => work.key);
    const counts = [...uses.values()].map(({ length }) => length);
    expect(Math.max(...counts)).toBe(LIFE);
    expect(counts.filter((count) => count === LIFE).length).toBeGreaterThan(20);
  });

  it("are the same for the same random numbers", () => {
    expect(worked(500)).toEqual(all.slice(0, 500));
  });
});
