import { withoutAlias } from "../../types/index.ts";
import type { ConfiguredModule, ConfiguredResource, ModuleCall, Saved } from "../format.ts";
import { isRecord } from "../../expression/values.ts";
import { type Expression, expressionOf } from "./expression-of.ts";
import { type ModuleStep } from "../../expression/address.ts";
import { type Instance } from "../instances.ts";
import type { ValuePath } from "../nested-schema.ts";
import { RepeatedBlocks } from "./repeated-blocks.ts";

/** The configuration in a plan: the written expressions, without their values. A state has none. */
export class Configuration {
  readonly #root: ConfiguredModule | undefined;
  readonly #providers: Readonly<Record<string, unknown>>;
  readonly #resources = new Map<ConfiguredModule, Map<string, ConfiguredResource>>();
  readonly #repeated = new WeakMap<readonly unknown[], RepeatedBlocks>();

  constructor({ configuration }: Saved) {
    this.#root = configuration?.root_module;
    this.#providers = configuration?.provider_config ?? {};
  }

  /** Whether there is a configuration. */
  get exists(): boolean {
    return this.#root !== undefined;
  }

  module(steps: readonly ModuleStep[]): ConfiguredModule | undefined {
    return steps.reduce<ConfiguredModule | undefined>(
      (found, { name }) => found?.module_calls[name]?.module,
      this.#root,
    );
  }

  /** The call of a module instance; undefined for the root. */
  call(steps: readonly ModuleStep[]): ModuleCall | undefined {
    const name = steps.at(-1)?.name;
    return name === undefined ? undefined : this.module(steps.slice(0, -1))?.module_calls[name];
  }

  resource({ mode, type, name, steps }: Instance): ConfiguredResource | undefined {
    const prefix = mode === "data" ? "data." : "";
    const module = this.module(steps);
    return module && this.#resourcesOf(module).get(`${prefix}${type}.${name}`);
  }

  #resourcesOf(module: ConfiguredModule): ReadonlyMap<string, ConfiguredResource> {
    const known = this.#resources.get(module);
    if (known) return known;
    const resources = new Map(
      // The type is written as in the source, which may be an alias.
      module.resources.map((each) => [withoutAlias(each.address), each]),
    );
    this.#resources.set(module, resources);
    return resources;
  }

  /** The region of a resource's provider, if it is a constant. */
  region(instance: Instance): string | undefined {
    const key = this.resource(instance)?.provider_config_key ?? "";
    const expressions = child(this.#providers[key], "expressions");
    const { constant } = expressionOf(child(expressions, "region"));
    return typeof constant === "string" ? constant : undefined;
  }

  /**
   * The expression of an argument; undefined if it was left out, or if its block is `dynamic`.
   * @param values the known values of its block, to find the block among several
   */
  expression(instance: Instance, path: ValuePath, values: unknown): Expression | undefined {
    const expressions = this.resource(instance)?.expressions;
    return path.length === 0 || !expressions ? undefined : this.#written(expressions, path, values);
  }

  /** Whether an argument or a block of a resource is in the source; `dynamic` blocks are ignored. */
  isWritten(instance: Instance, argument: string): boolean {
    return Object.hasOwn(this.resource(instance)?.expressions ?? {}, argument);
  }

  /** All expressions that may belong to a path: blocks of a set have no order. */
  #written(level: unknown, [step, ...rest]: ValuePath, values: unknown): Expression | undefined {
    if (step === undefined) return expressionOf(level);
    const value = child(values, step);
    if (typeof step === "string") {
      const next: unknown = Array.isArray(level) && level.length === 1 ? level[0] : level;
      return isRecord(next) && Object.hasOwn(next, step)
        ? this.#written(next[step], rest, value)
        : undefined;
    }
    if (!Array.isArray(level)) return this.#written(level, rest, value);
    const fitting = this.#blocksOf(level).fitting(value);
    const all = fitting.flatMap((block) => this.#written(block, rest, value) ?? []);
    if (all.length <= 1) return all[0];
    return { references: all.flatMap(({ references }) => references), constant: undefined };
  }

  #blocksOf(level: readonly unknown[]): RepeatedBlocks {
    const known = this.#repeated.get(level) ?? new RepeatedBlocks(level);
    this.#repeated.set(level, known);
    return known;
  }
}

/** The value at one step. A block may be in a list of one. */
export function child(value: unknown, step: string | number): unknown {
  const within: unknown =
    typeof step === "string" && Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof within !== "object" || within === null) return undefined;
  return Object.hasOwn(within, step) ? Reflect.get(within, step) : undefined;
}
