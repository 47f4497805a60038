import { expect, it } from "vitest";
import { playRounds } from "./rounds.ts";
import type { Worker } from "./worker.ts";

/** What the entrants were told to do, in its order; each connect takes as many µs as have been made before. */
async function played(connects: number) {
  const told: string[] = [];
  let made = 0;
  const entrant = (name: string) => ({
    name,
    preparation: {
      contestant: "net.connect" as const,
      destination: { servers: [], name: "", target: "", address: "", port: 1 },
    },
    start: (): Worker =>
      ({
        call: async (method: string, count: unknown) => {
          told.push(`${name} ${method === "connect" ? String(count) : method}`);
          return method === "connect" ? Array.from({ length: Number(count) }, () => made++) : [];
        },
        [Symbol.asyncDispose]: async () => void told.push(`${name} ends`),
      }) as unknown as Worker,
  });
  const times = await playRounds({
    entrants: ["a", "b", "c"].map(entrant),
    generations: 2,
    warmUp: 7,
    rounds: 2,
    connects,
    random: () => 0.5,
    signal: new AbortController().signal,
    onPrepared: async () => void told.push("prepared"),
    onWarm: async () => void told.push("warm"),
  });
  return { told, times };
}

/** There and back, so that what slows the machine steadily slows all alike. */
const round = ["a 2", "b 2", "c 2", "c 2", "b 2", "a 2"];
const generation = [
  "a prepare",
  "b prepare",
  "c prepare",
  "prepared",
  "a 7",
  "b 7",
  "c 7",
  "warm",
  ...round,
  ...round,
  "a ends",
  "b ends",
  "c ends",
];

it("in a round each connects in one half of the order, and in its reverse", async () => {
  const { told } = await played(4);
  expect(told).toEqual([...generation, ...generation]);
});

it("the warm-up is ignored, and each round counts for as many connects as it had", async () => {
  const { times } = await played(4);
  expect(times.get("a")).toEqual([
    [21, 22, 31, 32],
    [33, 34, 43, 44],
    [66, 67, 76, 77],
    [78, 79, 88, 89],
  ]);
  // On average all have connected at the same time.
  const averages = ["a", "b", "c"].map(
    (name) => (times.get(name) ?? []).flat().reduce((sum, at) => sum + at, 0) / 16,
  );
  expect(new Set(averages).size).toBe(1);
});
