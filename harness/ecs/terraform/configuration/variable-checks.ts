import { HarnessError } from "../../base/errors.ts";
import { asBoolean, asText, UnknownValue } from "../expression/values.ts";
import type { Scope } from "./module.ts";
import type { Resolver } from "./resolver.ts";

/**
 * Checks the variables of all modules against their types and `validation` blocks. A condition with a value
 * that only AWS knows is skipped; Terraform checks it later too.
 * https://developer.hashicorp.com/terraform/language/validate#input-variables
 * @throws HarnessError ERR_TEMPLATE with the message of every failed validation
 */
export function checkVariables(root: Scope, resolver: Resolver): void {
  const problems = problemsIn(root, resolver);
  if (problems.length > 0) throw new HarnessError("ERR_TEMPLATE", problems.join("\n"));
}

function problemsIn(scope: Scope, resolver: Resolver): string[] {
  const own = Object.entries(scope.variables).flatMap(([name, { validation = [] }]) => {
    const where = `${scope.path}var.${name}`;
    // A variable that cannot be evaluated matters only where it is used.
    const wrongType = refusal(() => resolver.variable(scope, name), isUnsupported);
    if (wrongType !== undefined) return [wrongType];
    return validation.flatMap(({ condition, error_message: message }) => {
      const broken = refusal(() => {
        if (asBoolean(resolver.evaluate(scope, condition))) return;
        throw new HarnessError("ERR_TEMPLATE", asText(resolver.evaluate(scope, message)));
      }, isUnknown);
      return broken === undefined ? [] : [`${where}: ${broken}`];
    });
  });
  return [...own, ...[...scope.children.values()].flatMap((child) => problemsIn(child, resolver))];
}

const isUnsupported = ({ code }: HarnessError): boolean => code === "ERR_UNSUPPORTED";
const isUnknown = (error: HarnessError): boolean => error instanceof UnknownValue;

/** The message of an error, unless it is one to ignore. */
function refusal(
  check: () => unknown,
  doesNotCount: (error: HarnessError) => boolean,
): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return doesNotCount(error) ? undefined : error.message;
  }
}
