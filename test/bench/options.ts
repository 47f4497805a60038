import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Figures to measure. */
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly json: boolean;
  /** A missed goal fails the command. */
  readonly check: boolean;
}

const USAGE = "npm run bench -- [--only NAME]... [--quick] [--json] [--check]";

/** @throws {Error} naming the option, what it got and what is allowed */
export function parseOptions(args: readonly string[], figures: readonly string[]): BenchOptions {
  const values = parse(args);
  const unknown = values.only.find((name) => !figures.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--only got ${unknown}; allowed: ${figures.join(", ")}`);
  }
  return { ...values, only: values.only.length === 0 ? figures : values.only };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [] },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${USAGE}`, { cause: error });
  }
}
