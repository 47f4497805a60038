import { evaluate, type Lookup } from "./expression/evaluate.ts";
import { parseTemplate } from "./expression/parser.ts";

/**
 * Evaluates a Terraform template string: literal text with `${...}` interpolations. As in Terraform, a template
 * of a single interpolation keeps the type of its value.
 * https://developer.hashicorp.com/terraform/language/expressions/strings
 * @throws HarnessError ERR_UNSUPPORTED for directives and unknown functions, and if the result depends on a
 * value that only AWS knows
 */
export function evaluateTemplate(template: string, lookup: Lookup): unknown {
  return evaluate(parseTemplate(template), lookup);
}
