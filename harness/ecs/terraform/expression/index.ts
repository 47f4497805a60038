import { evaluate, type Lookup } from "./evaluate.ts";
import { FUNCTIONS, type Functions } from "./functions.ts";
import { parseTemplate } from "./parser.ts";

/**
 * Evaluates a Terraform template string: literal text with `${...}` interpolations and directives. As in Terraform, a template
 * of a single interpolation keeps the type of its value.
 * https://developer.hashicorp.com/terraform/language/expressions/strings
 * @throws HarnessError ERR_UNSUPPORTED for unknown functions, and if the result depends on a
 * value that only AWS knows
 */
export function evaluateTemplate(
  template: string,
  lookup: Lookup,
  functions: Functions = FUNCTIONS,
): unknown {
  return evaluate(parseTemplate(template), lookup, functions);
}
