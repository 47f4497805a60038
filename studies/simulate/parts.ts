import { AWS, type Assumptions } from "./assumptions.ts";
import type { FleetOptions } from "./fleet.ts";
import { type Move, type MoveOptions, simulateMove } from "./move.ts";
import type { SimulateOptions } from "./options.ts";
import { type Steady, simulateSteady } from "./steady.ts";

/** Changes of the client options, by their name in the tables. */
export const VARIANTS = {
  "as it is": {},
  "no jitter": { pace: "fixed" },
  "no refresh-ahead": { prefetch: false },
  "Cloud Map as well": { cloudMap: 1 },
} as const satisfies Readonly<Record<string, Partial<FleetOptions>>>;

export type Variant = keyof typeof VARIANTS;

/** Processes on one host. */
const PER_HOST = 50;
/** Processes on one host, for each row of the table of hosts. */
const HOSTS = [25, 50, 85, 120, 200, 400];
/** Processes of an account that query the Cloud Map API, for each row of its table. */
const API = [1_000, 2_000, 5_000, 10_000];

/** A move with this number of clients. */
export interface MoveRow extends Move {
  readonly clients: number;
  readonly variant: Variant;
  /** Number of clients that each simulated client represents. */
  readonly standsFor: number;
}

type Report = (what: string) => void;

export function assumptionsOf({ gap, propagation }: SimulateOptions): Assumptions {
  return { ...AWS, gap, propagation: { ...AWS.propagation, dns: propagation } };
}

export async function movesOf(options: SimulateOptions, report: Report): Promise<MoveRow[]> {
  const rows: MoveRow[] = [];
  for (const clients of options.clients) {
    for (const variant of Object.keys(VARIANTS) as Variant[]) {
      report(`${clients} clients, ${variant}`);
      rows.push(await rowOf(options, { clients, variant }));
    }
  }
  return rows;
}

/** One host with an increasing number of processes. */
export async function hostsOf(options: SimulateOptions, report: Report): Promise<MoveRow[]> {
  const rows: MoveRow[] = [];
  for (const clients of HOSTS) {
    report(`${clients} clients on one host`);
    rows.push(await rowOf(options, { clients, variant: "as it is", perHost: clients }));
  }
  return rows;
}

export async function apiOf(options: SimulateOptions, report: Report): Promise<MoveRow[]> {
  const rows: MoveRow[] = [];
  for (const clients of API) {
    report(`${clients} clients that query the Cloud Map API`);
    rows.push(await rowOf(options, { clients, variant: "Cloud Map as well" }));
  }
  return rows;
}

export async function steadyOf(
  options: SimulateOptions,
): Promise<{ readonly ahead: Steady; readonly without: Steady }> {
  const base = fleetOf(options, PER_HOST);
  return {
    ahead: await simulateSteady(base),
    without: await simulateSteady({ ...base, prefetch: false }),
  };
}

/** The same move with all clients, and with each simulated client for ten. */
export async function sampleOf(
  options: SimulateOptions,
): Promise<{ readonly everyone: MoveRow; readonly oneForTen: MoveRow }> {
  const of = { clients: 1_000, variant: "Cloud Map as well" } as const;
  return {
    everyone: await rowOf(options, { ...of, standsFor: 1 }),
    oneForTen: await rowOf(options, { ...of, standsFor: 10 }),
  };
}

async function rowOf(
  options: SimulateOptions,
  of: Pick<MoveRow, "clients" | "variant"> & Partial<Pick<MoveOptions, "perHost" | "standsFor">>,
): Promise<MoveRow> {
  const { clients, variant, perHost = PER_HOST } = of;
  const standsFor = of.standsFor ?? Math.ceil(clients / options.most);
  const move = await simulateMove({
    ...fleetOf(options, clients),
    ...VARIANTS[variant],
    perHost,
    standsFor,
  });
  return { clients, variant, standsFor, ...move };
}

function fleetOf(options: SimulateOptions, clients: number): FleetOptions {
  const assumptions = assumptionsOf(options);
  const { seed } = options;
  const usual = { cloudMap: 0, pace: "own", prefetch: true } as const;
  return { clients, perHost: PER_HOST, seed, assumptions, ...usual };
}
