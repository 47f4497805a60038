import { setTimeout as sleep } from "node:timers/promises";
import type { ContestantName } from "../contestants.ts";
import { type Network, startNetwork } from "../network.ts";
import { type Row, type Run, amount } from "../rows.ts";
import { startWorker } from "../worker.ts";

/** `cache.maxTtl` in ms, lower than the 60 s of the records. */
const TTL = 150;
const CONNECTS_PER_TTL = 100;
/** TTLs without a connect. */
const REST = 10;

/** How many dials waited, and the queries by type while the name was in use and afterwards. */
export type Count = Awaited<ReturnType<typeof count>>;

/** Connects over many TTLs: how many waited for DNS, and how many queries they caused. */
export async function waits({ quick, signal }: Run): Promise<Row[]> {
  await using network = await startNetwork(signal);
  await network.dns.call("change", { delay: 1 });
  const ttls = quick ? 10 : 100;
  const { connects, waited, ...ours } = await count("srv-dialer, warm", ttls, network, signal);
  // Each of its dials sends queries, so a few dials are enough.
  const original = await count("resolveSrv + net.connect", ttls / 10, network, signal);
  checkCounts(original);
  const detail = `the original: ${original.waited} of ${original.connects}`;
  const perTtl = sum(ours.inUse) / ours.ttls;
  const byType = Object.entries(ours.inUse).map(([type, sent]) => amount(sent / ours.ttls, type));
  const waitedTitle = `dials that waited for DNS, of ${connects} over ${ttls} TTLs of ${TTL} ms`;
  const perTtlTitle = "DNS queries per TTL, for a name in use";
  const restTitle = `DNS queries in ${REST} TTLs after the last connect`;
  return [
    { title: waitedTitle, value: waited, unit: "", goal: { most: 1 }, detail },
    // SRV, A and AAAA, each refreshed a little before its TTL ends, and queried once at first.
    { title: perTtlTitle, value: perTtl, unit: "", goal: { most: 3.5 }, detail: byType.join(", ") },
    // An answer that was used during its last TTL is refreshed once more.
    { title: restTitle, value: sum(ours.atRest), unit: "", goal: { most: 3 } },
  ];
}

/**
 * Each dial of the original waits, and queries SRV, A and AAAA. A count that misses these would also miss ours.
 * @throws with the kind that was not counted
 */
export function checkCounts({ connects, waited, inUse }: Count): void {
  const { SRV = 0, A = 0, AAAA = 0 } = inUse;
  const counts = { waits: waited, "SRV queries": SRV, "A queries": A, "AAAA queries": AAAA };
  for (const [what, counted] of Object.entries(counts)) {
    if (counted >= connects) continue;
    throw new Error(`the original: counted ${counted} ${what} in ${connects} connects`);
  }
}

async function count(
  contestant: ContestantName,
  duration: number,
  { destination, dns }: Network,
  signal: AbortSignal,
) {
  await using worker = startWorker("contestant.ts", signal);
  const connects = duration * CONNECTS_PER_TTL;
  await worker.call("prepare", contestant, { ...destination, maxTtl: TTL });
  await dns.call("takeQueries");
  const { waited, took } = await worker.call("dialAtPace", connects, TTL / CONNECTS_PER_TTL);
  const inUse = await dns.call("takeQueries");
  await sleep(REST * TTL, undefined, { signal });
  return { connects, waited, ttls: took / TTL, inUse, atRest: await dns.call("takeQueries") };
}

const sum = (queries: Count["inUse"]) => Object.values(queries).reduce((all, one) => all + one, 0);
