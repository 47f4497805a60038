import type { Finding, Rule } from "./rule.ts";

/** A rule that a synthesized environment breaks. */
export interface RuleProblem {
  readonly environment: string;
  readonly rule: Rule;
  readonly finding: Finding;
}

/**
 * The stacks create what AWS would refuse, or what would fail later. Nothing was written. The message
 * lists every problem with environment, resource, field, what it got, remedy and source.
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
  /** As its class. */
  override readonly name = "RuleError";
  /** What is wrong, to be switched on. */
  readonly code = "ERR_RULE_BROKEN";
  /** Each broken rule, with the environment and the place in its template. */
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    const count =
      problems.length === 1 ? "a rule is broken" : `${problems.length} rules are broken`;
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
