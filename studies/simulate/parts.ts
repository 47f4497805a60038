import { AWS } from "./assumptions.ts";
import type { FleetOptions } from "./fleet.ts";
import { type Move, simulateMove } from "./move.ts";
import type { SimulateOptions } from "./options.ts";

/** Changes of the client options, by their name in the tables. */
const VARIANTS = {
  "as it is": {},
  "no jitter": { pace: "fixed" },
  "Cloud Map as well": { cloudMap: true },
} as const satisfies Readonly<Record<string, Partial<FleetOptions>>>;

type Variant = keyof typeof VARIANTS;

/** Processes on one host. */
const PER_HOST = 50;
/** Processes on one host, for each row of the table of hosts. */
const HOSTS = [25, 50, 85, 120, 200, 400];
/** Processes of an account that query the Cloud Map API, for each row of its table. */
const API = [1_000, 2_000];

/** A move with this number of clients. */
export interface MoveRow extends Move {
  readonly clients: number;
  readonly variant: Variant;
}

/** The figures of the parts: the contents of `studies/results/simulate.json`. */
export type SimulateFigures = Readonly<Record<"moves" | "hosts" | "api", readonly MoveRow[]>>;

type Of = Pick<MoveRow, "clients" | "variant"> & Partial<Pick<FleetOptions, "perHost">>;

/** The moves of each part. */
function movesOf({ clients: given }: SimulateOptions): Record<keyof SimulateFigures, Of[]> {
  const variants = Object.keys(VARIANTS) as Variant[];
  return {
    moves: given.flatMap((clients) => variants.map((variant) => ({ clients, variant }))),
    hosts: HOSTS.map((clients) => ({ clients, variant: "as it is", perHost: clients })),
    api: API.map((clients) => ({ clients, variant: "Cloud Map as well" })),
  };
}

/** Simulates a part. @param report is called before each move */
export async function simulatePart(
  part: keyof SimulateFigures,
  options: SimulateOptions,
  report: (what: string) => void,
): Promise<MoveRow[]> {
  const rows: MoveRow[] = [];
  for (const { clients, variant, perHost = PER_HOST } of movesOf(options)[part]) {
    report(`${clients} clients, ${variant}`);
    const usual = { cloudMap: false, pace: "own", seed: options.seed, assumptions: AWS } as const;
    const move = await simulateMove({ ...usual, clients, perHost, ...VARIANTS[variant] });
    rows.push({ clients, variant, ...move });
  }
  return rows;
}
