import type { Finding, Rule } from "./rule.ts";

/** A broken rule in a synthesized environment. */
export interface RuleProblem {
  readonly environment: string;
  readonly rule: Rule;
  readonly finding: Finding;
}

/**
 * The stacks would create resources that AWS refuses or that fail later. Nothing was written. The message
 * lists every problem: environment, resource, field, the value found, remedy and source.
 *
 * Code: `ERR_RULE_BROKEN`.
 *
 * @throws none
 * @example
 * try {
 *   const outdir = join(tmpdir(), "games");
 *   console.log(synthesize(environments, { outdir }).length); // 1
 * } catch (error) {
 *   if (!(error instanceof RuleError)) throw error;
 *   for (const { rule, finding } of error.problems) console.error(rule.id, finding.address);
 * }
 */
export class RuleError extends Error {
  /** Name of the class. */
  override readonly name = "RuleError";
  /** Stable code, for programs. */
  readonly code = "ERR_RULE_BROKEN";
  /** Broken rules, each with the environment and the place in its template. */
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    const count = problems.length === 1 ? "1 broken rule" : `${problems.length} broken rules`;
    super([`${count}; nothing was written:`, ...problems.map(describe)].join("\n"));
    this.problems = problems;
  }
}

function describe({ environment, rule, finding: { address, field, got } }: RuleProblem): string {
  const where = field === "" ? address : `${address}.${field}`;
  return [
    `  ${environment}: ${where}: ${got === undefined ? "missing" : `got ${show(got)}`}`,
    `    rule ${rule.id}: ${rule.title}`,
    `    remedy: ${rule.remedy}`,
    `    see ${rule.source}`,
  ].join("\n");
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
