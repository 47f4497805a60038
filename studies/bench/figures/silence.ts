import { setTimeout as sleep } from "node:timers/promises";
import { startNetwork } from "../network.ts";
import { type Entrant, type Scale, compared, connect, entrant, playRounds } from "../rounds.ts";
import { type Row, type Run, amount } from "../rows.ts";
import { startWorker } from "../worker.ts";

/** ms; longer than any dial on loopback, and half of the wait for a silent server. */
const LATE = 500;
/** `cache.maxTtl` of the answer that expires, in ms. */
const SHORT_TTL = 100;
const SCALE: Scale = { generations: 3, warmUp: 1_000, rounds: 8, connects: 100 };

/** The first of two name servers is silent: the first dial detects that, later dials skip that server. */
export async function deadServer(run: Run): Promise<Row[]> {
  await using network = await startNetwork(run.signal);
  const { destination } = network;
  // A bound port that never answers; the kernel would report a closed port.
  await using dead = startWorker("dns-server.ts", run.signal);
  await dead.call("change", { silent: true });
  const servers = [`127.0.0.1:${await dead.call("listen")}`, ...destination.servers];
  const base = entrant("srv-dialer, cold", destination);
  const ours = entrant("srv-dialer, cold", { ...destination, servers });
  const first: number[] = [];
  await playRounds([base, ours], SCALE, run, {
    onPrepared: async () => first.push(...(await connect(ours, 1))),
  });
  const title = "later cold connects, first name server dead";
  return judge({ title, against: "none dead", most: 1.1 }, ours, base, first);
}

/** All name servers become silent, and the answer expires: dials use the stale answer without waiting. */
export async function staleAnswer(run: Run): Promise<Row[]> {
  await using network = await startNetwork(run.signal);
  const { destination, dns } = network;
  const base = entrant("srv-dialer, warm", destination);
  const ours = entrant("srv-dialer, warm", { ...destination, maxTtl: SHORT_TTL });
  const first: number[] = [];
  await playRounds([base, ours], SCALE, run, {
    onPrepared: () => dns.call("change", { silent: false }),
    onWarm: async () => {
      await dns.call("change", { silent: true });
      await sleep(2 * SHORT_TTL, undefined, run);
      first.push(...(await connect(ours, 1)));
    },
  });
  const title = "later connects, all name servers dead and the answer stale";
  // A stale answer costs more: it is published on its channel and refreshed in the background.
  return judge({ title, against: "warm", most: 1.25 }, ours, base, first);
}

/**
 * The ratio of medians, and the number of late dials, because a median does not show a single late dial.
 * @param first µs of the dial that detects the silent servers, for each generation. It is not judged
 * @throws if a first dial did not wait: then the servers were not silent, so the values are wrong
 */
export function judge(
  { title, against, most }: { title: string; against: string; most: number },
  ours: Entrant,
  base: Entrant,
  first: readonly number[],
): Row[] {
  const [fastest, slowest] = [Math.min(...first) / 1_000, Math.max(...first) / 1_000];
  if (!(first.length > 0 && fastest > LATE)) {
    const expected = `expected over ${LATE} ms, because it waits for the silent server`;
    throw new Error(`${title}: a first dial took ${fastest} ms; ${expected}`);
  }
  const dials = ours.rounds.flat().map((took) => took / 1_000);
  const value = dials.filter((took) => took > LATE).length;
  const longest = amount(Math.max(...dials), "ms");
  const detail = `first dial ${amount(slowest, "ms")}, longest later dial ${longest}`;
  const late = `${title}: over ${LATE} ms, of ${dials.length}`;
  return [
    compared(`${title} / ${against}`, ours, base, { most }),
    { title: late, value, unit: "", goal: { most: 0 }, detail },
  ];
}
