import { HarnessError } from "../base/errors.ts";
import { evaluateTemplate, type Reference } from "./expression.ts";
import type { Block, Module } from "./module.ts";
import { symbol } from "./symbol.ts";

/** The local value of an attribute that a provider computes; undefined without one. */
export type Computed = (block: Block, attribute: string) => unknown;

/** Arguments that keep their value from the state, by the address of their resource. */
export type Kept = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Resolves a block's arguments: references become values, or symbols for what only AWS knows. */
export class Resolver {
  readonly #module: Module;
  readonly #computed: Computed;
  readonly #kept: Kept;

  constructor(module: Module, computed: Computed = () => undefined, kept: Kept = new Map()) {
    this.#module = module;
    this.#computed = computed;
    this.#kept = kept;
  }

  /**
   * @param hasNoEffect true for arguments without effect: they stay as written if they cannot be
   * evaluated
   * @throws HarnessError naming the address and argument when an expression cannot be evaluated
   */
  resolve(
    block: Block,
    hasNoEffect: (argument: string) => boolean = () => false,
  ): Record<string, unknown> {
    const kept = this.#kept.get(block.address);
    const resolved: Record<string, unknown> = { ...kept };
    for (const [name, value] of Object.entries(block.arguments)) {
      if (kept && Object.hasOwn(kept, name)) continue;
      try {
        resolved[name] = this.#argument(block, name, value, []);
      } catch (error) {
        if (!(error instanceof HarnessError) || !hasNoEffect(name)) throw error;
        resolved[name] = value;
      }
    }
    return resolved;
  }

  /** The provider's region; undefined if only AWS or the user's shell knows it. */
  region(): string | undefined {
    try {
      const value = this.#value(this.#module.provider["region"], ["provider.aws.region"]);
      return typeof value === "string" && /^[a-z0-9-]+$/.test(value) ? value : undefined;
    } catch (error) {
      if (error instanceof HarnessError) return undefined;
      throw error;
    }
  }

  #argument(block: Block, name: string, value: unknown, trail: readonly string[]): unknown {
    const here = `${block.address}.${name}`;
    if (trail.includes(here)) {
      throw new HarnessError("ERR_TEMPLATE", `${[...trail, here].join(" -> ")} refers to itself`);
    }
    // Meta-arguments hold bare addresses, which are not expressions.
    if (name === "depends_on" || name === "lifecycle" || name === "provider") return value;
    try {
      return this.#value(value, [...trail, here]);
    } catch (error) {
      if (!(error instanceof HarnessError) || trail.length > 0) throw error;
      throw new HarnessError(error.code, `${here}: ${error.message}`, { cause: error });
    }
  }

  #value(value: unknown, trail: readonly string[]): unknown {
    if (typeof value === "string") {
      return evaluateTemplate(value, (reference) => this.#lookup(reference, trail));
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(item, trail));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#value(item, trail)]),
    );
  }

  #lookup(reference: Reference, trail: readonly string[]): unknown {
    const [root, name = ""] = reference;
    if (root === "var") return this.#variable(String(name), reference.slice(2), trail);
    if (root === "local") {
      if (!Object.hasOwn(this.#module.locals, name)) throw unknown(reference);
      return there(
        dig(this.#value(this.#module.locals[name], trail), reference.slice(2)),
        reference,
      );
    }
    const depth = root === "data" || root === "ephemeral" ? 3 : 2;
    const block = this.#module.blocks.get(reference.slice(0, depth).join("."));
    const [written, ...path] = reference.slice(depth);
    if (!block || written === undefined) throw unknown(reference);
    // Its output is its input.
    // https://developer.hashicorp.com/terraform/language/resources/terraform-data
    const isOutput = block.type === "terraform_data" && written === "output";
    const attribute = isOutput ? "input" : written;
    const computed = this.#computed(block, String(attribute));
    if (computed !== undefined) return dig(computed, path);
    const kept = this.#kept.get(block.address)?.[attribute];
    if (kept !== undefined) return dig(kept, path);
    if (!Object.hasOwn(block.arguments, attribute)) {
      return symbol(block.address, [attribute, ...path].join("."));
    }
    const value = block.arguments[attribute];
    const given = dig(this.#argument(block, String(attribute), value, trail), path);
    return given ?? symbol(block.address, [attribute, ...path].join("."));
  }

  #variable(name: string, path: Reference, trail: readonly string[]): unknown {
    const value = this.#module.variables[name]?.default;
    if (value !== undefined) {
      return there(dig(this.#value(value, trail), path), ["var", name, ...path]);
    }
    throw new HarnessError("ERR_UNSUPPORTED", `var.${name} has no default, so no value locally`);
  }
}

/** @throws HarnessError when a value has nothing at the path */
function there(value: unknown, reference: Reference): unknown {
  if (value === undefined) throw unknown(reference);
  return value;
}

function unknown(reference: Reference): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${reference.join(".")} is not declared in the template`);
}

/** Follows a path into a value; a single block may be indexed like a list, as in Terraform. */
function dig(value: unknown, path: Reference): unknown {
  return path.reduce<unknown>((found, key) => {
    if (key === 0 && !Array.isArray(found)) return found;
    return typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined;
  }, value);
}
