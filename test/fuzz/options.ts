import { parseArgs } from "node:util";
import { LARGEST_SEED } from "../../harness/plays/stage/random.ts";

export interface FuzzOptions {
  /** Of each target; undefined: as many as the target itself says. */
  readonly inputs: number | undefined;
  readonly seed: number;
  readonly targets: readonly string[];
}

const USAGE = "npm run fuzz -- [--inputs N] [--seed S] [--target NAME]...";
const MOST_INPUTS = 1_000_000_000;

/**
 * @param known the names of all targets
 * @throws {Error} naming the option, what it got and what is allowed
 */
export function parseOptions(args: readonly string[], known: readonly string[]): FuzzOptions {
  const { inputs, seed, target } = parse(args);
  const unknown = target.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--target got ${unknown}; allowed: ${known.join(", ")}`);
  }
  return {
    inputs: inputs === undefined ? undefined : numberOf("inputs", inputs, 1, MOST_INPUTS),
    seed: numberOf("seed", seed, 0, LARGEST_SEED),
    targets: target.length === 0 ? known : known.filter((name) => target.includes(name)),
  };
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${option} got ${text}; allowed: a whole number from ${least} to ${most}`);
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        inputs: { type: "string" },
        seed: { type: "string", default: "1" },
        target: { type: "string", multiple: true, default: [] },
      },
    });
    return values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${USAGE}`, { cause: error });
  }
}
