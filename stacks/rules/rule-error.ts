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
 */
export class RuleError extends Error {
  override readonly name = "RuleError";
  readonly code = "ERR_RULE_BROKEN";
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
