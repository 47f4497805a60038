import { setTimeout as sleep } from "node:timers/promises";
import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { type Network, startNetwork } from "../network.ts";
import type { ContestantName } from "../processes/contestants.ts";
import type { Dialed, Pace } from "../processes/waits.ts";
import { spreadOf } from "../statistics.ts";
import { startWorker } from "../worker.ts";

/** `cache.maxTtl` in ms, lower than the 60 s of the records. */
const TTL = 150;
/** Delay of DNS, in ms. */
const DELAY = 1;
const CONNECTS_PER_TTL = 100;
/** TTLs without a connect. */
const REST = 10;

/** How many dials waited, and the queries while the name was in use and afterwards. */
export interface Count {
  readonly contestant: ContestantName;
  readonly connects: number;
  readonly waited: number;
  /** Duration in TTLs. */
  readonly ttls: number;
  readonly inUse: Queries;
  readonly atRest: Queries;
}

/** Number of queries by type. */
type Queries = Readonly<Record<string, number>>;

/** Connects over many TTLs: how many waited for DNS, and how many queries they caused. */
export const waitsFigure: Figure = { name: "waits", measure };

async function measure({ quick, signal }: FigureContext): Promise<readonly FigureReport[]> {
  await using network = await startNetwork(signal, () => ({ delay: DELAY }));
  const ttls = quick ? 10 : 100;
  const ours = await count("srv-dialer, warm", ttls, network, signal);
  // Each of its dials sends queries, so a few dials are enough.
  const original = await count("resolveSrv + net.connect", ttls / 10, network, signal);
  checkCounts(original);
  const entries = (pick: (count: Count) => number, note: (count: Count) => string) =>
    [ours, original].map((each) => ({
      contestant: each.contestant,
      measured: spreadOf([pick(each)]),
      unit: "",
      note: note(each),
    }));
  return [
    {
      name: "waits",
      title: `dials that waited for DNS, of ${ours.connects} over ${ttls} TTLs of ${TTL} ms`,
      value: ours.waited,
      unit: "",
      goal: { most: 1 },
      entries: entries(
        ({ waited }) => waited,
        ({ connects }) => `of ${connects} connects`,
      ),
    },
    {
      name: "queries",
      title: "DNS queries per TTL, for a name in use",
      value: perTtl(ours),
      unit: "",
      // SRV, A and AAAA, each refreshed a little before its TTL ends, and queried once at first.
      goal: { most: 3.5 },
      entries: entries(perTtl, byType),
    },
    {
      name: "queries at rest",
      title: `DNS queries in ${REST} TTLs after the last connect`,
      value: sum(ours.atRest),
      unit: "",
      // An answer that was used during its last TTL is refreshed once more.
      goal: { most: 3 },
      entries: entries(
        ({ atRest }) => sum(atRest),
        () => "",
      ),
    },
  ];
}

/**
 * Each dial of the original waits, and queries SRV, A and AAAA. A count that misses these would also miss ours.
 * @throws with the kind that was not counted
 */
export function checkCounts({ contestant, connects, waited, inUse }: Count): void {
  const queries = ["SRV", "A", "AAAA"].map(
    (type) => [`${type} queries`, inUse[type] ?? 0] as const,
  );
  const missed = [["waits", waited] as const, ...queries].find(([, counted]) => counted < connects);
  if (missed === undefined) return;
  const [what, counted] = missed;
  throw new Error(`${contestant}: counted ${counted} ${what} in ${connects} connects`);
}

async function count(
  contestant: ContestantName,
  ttls: number,
  { destination, dnsServer }: Network,
  signal: AbortSignal,
): Promise<Count> {
  signal.throwIfAborted();
  await using worker = startWorker("waits.ts", signal);
  const connects = ttls * CONNECTS_PER_TTL;
  await dnsServer.call("takeQueries");
  const { waited, took } = await worker.call<Dialed>("dial", {
    contestant,
    destination: { ...destination, maxTtl: TTL },
    connects,
    interval: TTL / CONNECTS_PER_TTL,
  } satisfies Pace);
  const inUse = await dnsServer.call<Queries>("takeQueries");
  await sleep(REST * TTL, undefined, { signal });
  const atRest = await dnsServer.call<Queries>("takeQueries");
  return { contestant, connects, waited, ttls: took / TTL, inUse, atRest };
}

function sum(queries: Queries): number {
  return Object.values(queries).reduce((total, each) => total + each, 0);
}

function perTtl({ inUse, ttls }: Count): number {
  return sum(inUse) / ttls;
}

/** Queries per TTL by type: `SRV 1, AAAA 1, A 1`. */
function byType({ inUse, ttls }: Count): string {
  return Object.entries(inUse)
    .map(([type, queries]) => `${type} ${Number((queries / ttls).toFixed(2))}`)
    .join(", ");
}
