import { type ModuleStep, pathOf } from "../../expression/address.ts";
import { type Body, EMPTY_MODULE, type WrittenModule } from "../../configuration/written-module.ts";
import type { ConfiguredModule, Saved } from "../format.ts";
import type { Instance } from "../instances.ts";
import type { Configuration } from "./configuration.ts";
import { type Expression, expressionOf } from "./expression-of.ts";
import { literal } from "./literals.ts";

/** The templates of a configuration in JSON syntax. A plan has their text and what they refer to, but no locals. */
export class JsonTemplates {
  /** The variables of all modules, and what calls pass to them. */
  readonly root: WrittenModule;
  readonly #configuration: Configuration;
  readonly #resources: ReadonlySet<string>;

  constructor(saved: Saved, configuration: Configuration, instances: readonly Instance[]) {
    this.root = written(saved.configuration?.root_module, saved.variables);
    this.#configuration = configuration;
    this.#resources = new Set(
      instances.map(({ mode, type, name, steps }) => {
        const prefix = mode === "data" ? "data." : "";
        return `${pathOf(steps)}${prefix}${type}.${name}`;
      }),
    );
  }

  /** The text of a template if it can be evaluated; undefined for any other expression. */
  text(steps: readonly ModuleStep[], expression: Expression | undefined): string | undefined {
    const { constant, references = [] } = expression ?? {};
    if (typeof constant !== "string" || references.length === 0) return undefined;
    return references.every((each) => this.#isKnown(steps, each)) ? constant : undefined;
  }

  /** Whether a reference can be resolved. */
  #isKnown(steps: readonly ModuleStep[], reference: string): boolean {
    const [root = "", name = "", third = ""] = reference.replaceAll(/\[[^\]]*\]/g, "").split(".");
    if (root === "var") return this.#isKnownVariable(steps, name);
    const address = root === "data" ? `data.${name}.${third}` : `${root}.${name}`;
    return this.#resources.has(`${pathOf(steps)}${address}`);
  }

  #isKnownVariable(steps: readonly ModuleStep[], name: string): boolean {
    const call = this.#configuration.call(steps);
    if (!call) return this.root.variables.get(name)?.default !== undefined;
    if (!Object.hasOwn(call.expressions, name)) return true;
    const input = expressionOf(call.expressions[name]);
    return input.references.length === 0
      ? input.constant !== undefined
      : this.text(steps.slice(0, -1), input) !== undefined;
  }
}

/** Without `moved` blocks: Terraform has applied them, so existing resources already have their new address. */
function written(module: ConfiguredModule | undefined, given: Saved["variables"]): WrittenModule {
  const { variables = {}, module_calls: calls = {} } = module ?? {};
  const known = Object.keys({ ...variables, ...given }).map((name) => {
    const value = given[name]?.value ?? variables[name]?.default;
    return [name, { default: literal(value) }] as const;
  });
  const called = Object.entries(calls);
  return {
    ...EMPTY_MODULE,
    variables: new Map(known),
    calls: new Map(
      called.map(([name, { expressions }]) => [name, { source: "", ...inputsOf(expressions) }]),
    ),
    modules: new Map(called.map(([name, each]) => [name, written(each.module, {})])),
  };
}

/** The inputs of a call, as in a file; without those whose text a plan does not have. */
function inputsOf(expressions: Body): Body {
  const inputs = Object.entries(expressions).map(([name, level]) => {
    const { constant, references } = expressionOf(level);
    if (references.length === 0) return [name, literal(constant)] as const;
    return [name, typeof constant === "string" ? constant : undefined] as const;
  });
  return Object.fromEntries(inputs.filter(([, value]) => value !== undefined));
}
