import { parseArgs } from "node:util";
import { LARGEST_SEED } from "../../harness/plays/stage/random.ts";

/** The scenario first: it may fail on a busy machine. */
export const PARTS = ["storm", "moves", "hosts", "api", "steady", "sample"] as const;
export type Part = (typeof PARTS)[number];

export interface SimulateOptions {
  readonly only: readonly Part[];
  /** Rows of the first table. */
  readonly clients: readonly number[];
  readonly seed: number;
  /** Clients that are simulated one by one; of more, each one stands for several. */
  readonly most: number;
  /** ms */
  readonly gap: number;
  /** ms */
  readonly propagation: number;
  /** Whether it is the whole with every default: then the figures are written. */
  readonly isWhole: boolean;
}

const USAGE = `npm run simulate -- [options]

Moves Redis under simulated clients that run the code of srv-dialer. Without options the figures go to
results/simulate.json and docs/simulation.md, and the picture to docs/simulation.svg.

  --only PART        ${PARTS.join(", ")}; may be given more than once (default: all)
  --clients N        processes; may be given more than once (default: 10, 200, 1000, 100000)
  --most N           processes that are simulated one by one; of more, each one stands for several
                     (default: 2000)
  --gap SECONDS      from the stop of Redis to the start of the next task (default: 15)
  --propagation SECONDS  until DNS tells of a change in Cloud Map (default: 5)
  --seed N           the same seed gives the same figures (default: 1)`;

const DEFAULTS = { clients: [10, 200, 1_000, 100_000], most: 2_000, gap: 15, propagation: 5 };

/** @throws {Error} naming the option, what it got and what is allowed */
export function simulateOptions(args: readonly string[]): SimulateOptions {
  const values = parse(args);
  const only = values.only ?? PARTS;
  const unknown = only.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) {
    throw new Error(`--only got ${unknown}; allowed: ${PARTS.join(", ")}`);
  }
  const { clients, most, gap, propagation } = values;
  return {
    only: PARTS.filter((part) => only.includes(part)),
    clients: clients?.map((text) => whole("clients", text, 1, 1_000_000)) ?? DEFAULTS.clients,
    seed: whole("seed", values.seed ?? "1", 0, LARGEST_SEED),
    most: whole("most", most ?? String(DEFAULTS.most), 1, 1_000_000),
    gap: 1_000 * whole("gap", gap ?? String(DEFAULTS.gap), 1, 3_600),
    propagation: 1_000 * whole("propagation", propagation ?? String(DEFAULTS.propagation), 0, 300),
    isWhole: args.length === 0,
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`--${option} got ${text}; allowed: a whole number from ${least} to ${most}`);
}

function parse(args: readonly string[]) {
  try {
    const text = { type: "string" } as const;
    const several = { type: "string", multiple: true } as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: several,
        clients: several,
        most: text,
        gap: text,
        propagation: text,
        seed: text,
      },
    });
    return values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n\n${USAGE}`, { cause: error });
  }
}
