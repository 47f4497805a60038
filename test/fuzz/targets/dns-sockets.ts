import { setTimeout as sleep } from "node:timers/promises";
import { Coverage } from "../engine/coverage.ts";
import { Dice } from "../engine/dice.ts";
import { explore } from "../engine/explore.ts";
import { Failures } from "../engine/failures.ts";
import type { Target, TargetContext, TargetFigures } from "../target.ts";

/** Most inputs of the search beforehand: what it keeps is what is sent. */
const SEARCHED = 20_000;
/** Resolutions at a time, each with a server of its own. */
const AT_A_TIME = 16;
/** How long sockets may take to close, in ms. */
const CLOSING = 10_000;

async function run({ seed, inputs, progress, failures }: TargetContext): Promise<TargetFigures> {
  const corpus = await search(seed, Math.min(inputs, SEARCHED), progress);
  const { mutated } = await import("../dns/mutate.ts");
  const { WAYS, startHostileServer } = await import("../dns/hostile-server.ts");
  const { Resolvers } = await import("../dns/resolution-check.ts");
  const dice = new Dice(seed, "dns-sockets");
  const counts = new Map<string, number>();
  let begun = 0;
  const worker = async (): Promise<void> => {
    await using server = await startHostileServer();
    const resolvers = new Resolvers(server);
    while (begun < inputs) {
      begun++;
      const message = mutated(corpus.pick(dice), dice, corpus.pick(dice));
      const way = WAYS[begun % WAYS.length] ?? WAYS[0];
      try {
        const outcome = await resolvers.check({ message, way });
        const figure = `${outcome}, ${way}`;
        counts.set(figure, (counts.get(figure) ?? 0) + 1);
      } catch (error) {
        failures.add(`${way}: ${message.toString("hex")}`, error);
      }
      if (begun % 100 === 0) progress(begun);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const left = await socketsLeft();
  if (left.length > 0) failures.add("", `left open: ${left.join(", ")}`);
  const byName = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { inputs, figures: Object.fromEntries(byName) };
}

/** Messages that reach far into the codec, the same for the same seed. */
async function search(seed: number, inputs: number, progress: TargetContext["progress"]) {
  using coverage = new Coverage((url) => /\/runtime\/src\/|\/dns-packet\//.test(url));
  const { checkReply } = await import("../dns/reply-check.ts");
  const { SEEDS } = await import("../dns/seeds.ts");
  const { mutated } = await import("../dns/mutate.ts");
  const { corpus } = explore({
    seeds: SEEDS,
    mutate: mutated,
    run: checkReply,
    coverage,
    dice: new Dice(seed, "dns-sockets: search"),
    inputs,
    mostWork: () => Number.POSITIVE_INFINITY,
    progress: () => progress(0),
    // What fails there is a finding of `dns-codec`.
    failures: new Failures(),
  });
  return corpus;
}

const isSocket = (kind: string): boolean => /^(TCP|UDP)/.test(kind);

/** Sockets that are open when all is over; the one to the parent process is a pipe. */
async function socketsLeft(): Promise<string[]> {
  for (let waited = 0; waited < CLOSING; waited += 100) {
    if (!process.getActiveResourcesInfo().some(isSocket)) return [];
    await sleep(100);
  }
  return process.getActiveResourcesInfo().filter(isSocket);
}

export const target: Target = {
  about: "DNS replies through UDP and TCP against the resolver",
  inputs: 20_000,
  run,
};
