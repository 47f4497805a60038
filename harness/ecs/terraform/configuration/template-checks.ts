import { HarnessError } from "../../base/errors.ts";
import { asBoolean, asText, UnknownValue } from "../expression/values.ts";
import type { ModuleCall } from "./content.ts";
import type { Scope } from "./scope.ts";
import type { WrittenModule } from "./written-module.ts";

// What Terraform checks before it plans. The configuration of a saved plan has passed these checks.

/**
 * Checks that all of a template is here and supported.
 * @param path of the module
 * @throws HarnessError ERR_TEMPLATE for a missing module or input, and for what the local ECS does not support
 */
export function checkTemplate(module: WrittenModule, path: string = ""): void {
  const { calls, modules, unsupported } = module;
  if (unsupported.length > 0) throw refused(unsupported.join("; "));
  for (const [name, call] of calls) {
    const below = `${path}module.${name}.`;
    const called = modules.get(name);
    if (called === undefined) {
      throw refused(
        `${below}source: no folder for "${call.source}"; allowed: a path that begins with ./, ../ or /, or what \`terraform init\` has put beside the root module`,
      );
    }
    checkTemplate(called, below);
    checkInputs(call, called, below);
  }
}

/** Whether any module has a resource. */
export const hasResources = ({ resources, modules }: WrittenModule): boolean =>
  resources.size > 0 || [...modules.values()].some(hasResources);

/** The arguments of a module call that are no inputs. */
const META = new Set(["//", "source", "version", "depends_on", "providers", "count", "for_each"]);

/** @throws HarnessError ERR_TEMPLATE for an input without a variable, and for a missing input */
function checkInputs(call: ModuleCall, { variables }: WrittenModule, path: string): void {
  const given = Object.keys(call).filter((name) => !META.has(name));
  const unknown = given.find((name) => !variables.has(name));
  if (unknown !== undefined) {
    const names = [...variables.keys()].join(", ");
    throw refused(`${path}${unknown}: no such variable; variables: ${names}`);
  }
  const missing = [...variables].find(
    ([name, variable]) => !given.includes(name) && variable.default === undefined,
  );
  if (missing !== undefined) throw refused(`${path}${missing[0]}: the call must set it`);
}

/**
 * Checks the variables of all module instances against their types and `validation` blocks. A condition with a
 * value that only AWS knows is skipped; Terraform checks it later too.
 * https://developer.hashicorp.com/terraform/language/validate#input-variables
 * @throws HarnessError ERR_TEMPLATE with the message of every failed validation
 */
export function checkVariables(root: Scope): void {
  const problems = problemsIn(root);
  if (problems.length > 0) throw refused(problems.join("\n"));
}

function problemsIn(scope: Scope): string[] {
  const own = [...scope.module.variables].flatMap(([name, { validation = [] }]) => {
    // A variable that cannot be evaluated matters only where it is used.
    const wrongType = refusal(() => scope.variable(name), isUnsupported);
    if (wrongType !== undefined) return [wrongType];
    return validation.flatMap(({ condition, error_message: message }) => {
      const broken = refusal(() => {
        if (asBoolean(scope.value(condition))) return;
        throw refused(asText(scope.value(message)));
      }, isUnknown);
      return broken === undefined ? [] : [`${scope.path}var.${name}: ${broken}`];
    });
  });
  return [...own, ...scope.children().flatMap(problemsIn)];
}

const refused = (message: string): HarnessError => new HarnessError("ERR_TEMPLATE", message);
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
