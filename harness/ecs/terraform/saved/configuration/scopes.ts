import type { Scope } from "../../configuration/module.ts";
import type { Configuration } from "./configuration.ts";
import { type Expression, expressionOf } from "./expression-of.ts";
import type { Saved } from "../format.ts";
import { type Instance, type ModuleStep, pathOf } from "../instances.ts";
import { literal } from "./literals.ts";

/** The scopes for templates in JSON syntax. A plan has the text of these templates, but no locals. */
export class Scopes {
  readonly #saved: Saved;
  readonly #configuration: Configuration;
  readonly #resources: ReadonlySet<string>;
  readonly #scopes = new Map<string, Scope>();

  constructor(saved: Saved, configuration: Configuration, instances: readonly Instance[]) {
    this.#saved = saved;
    this.#configuration = configuration;
    this.#resources = new Set(
      instances.map(({ mode, type, name, steps }) => {
        const prefix = mode === "data" ? "data." : "";
        return `${pathOf(steps)}${prefix}${type}.${name}`;
      }),
    );
  }

  /** The scope of a module instance. */
  at(steps: readonly ModuleStep[]): Scope {
    const path = pathOf(steps);
    const scope = this.#scopes.get(path) ?? this.#make(steps, path);
    this.#scopes.set(path, scope);
    return scope;
  }

  /** The text of a template in JSON syntax if it can be evaluated; undefined for any other expression. */
  template(steps: readonly ModuleStep[], expression: Expression | undefined): string | undefined {
    const { constant, references = [] } = expression ?? {};
    if (typeof constant !== "string" || references.length === 0) return undefined;
    return references.every((each) => this.#isKnown(steps, each)) ? constant : undefined;
  }

  #make(steps: readonly ModuleStep[], path: string): Scope {
    const { variables = {} } = this.#configuration.module(steps) ?? {};
    const isRoot = steps.length === 0;
    const given = isRoot ? this.#saved.variables : {};
    const scope = {
      path,
      locals: {},
      outputs: {},
      children: new Map<string, Scope>(),
      variables: Object.fromEntries(
        Object.entries({ ...variables, ...given }).map(([name]) => {
          const value = given[name]?.value ?? variables[name]?.default;
          return [name, { default: value, nullable: true, validation: [] }];
        }),
      ),
    };
    if (isRoot) return scope;
    const { expressions = {} } = this.#configuration.call(steps) ?? {};
    const inputs = Object.entries(expressions).flatMap(([name, level]) => {
      const value = this.#input(steps.slice(0, -1), expressionOf(level));
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      ...scope,
      call: { scope: this.at(steps.slice(0, -1)), inputs: Object.fromEntries(inputs) },
    };
  }

  /** An input of a module, as in a template; undefined if it cannot be evaluated here. */
  #input(steps: readonly ModuleStep[], expression: Expression): unknown {
    return expression.references.length === 0
      ? literal(expression.constant)
      : this.template(steps, expression);
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
    if (!call) return this.at(steps).variables[name]?.default !== undefined;
    if (!Object.hasOwn(call.expressions, name)) return true;
    return this.#input(steps.slice(0, -1), expressionOf(call.expressions[name])) !== undefined;
  }
}
