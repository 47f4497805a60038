import { HarnessError } from "../../base/errors.ts";
import { evaluateTemplate } from "../expression/index.ts";
import { type Reference, cycle, existing, notDeclared } from "../expression/evaluate.ts";
import { SPLAT } from "../expression/syntax.ts";
import { asNumber, asRecord, dig, entriesOf } from "../expression/values.ts";
import { numbered, type Block, type Module, type Scope } from "./module.ts";
import { symbol } from "../expression/symbol.ts";
import { argumentFor } from "../types/index.ts";
import { converted } from "../expression/variable-types.ts";

/**
 * Returns the local value of an attribute that a provider computes; undefined if there is none.
 * @param given returns the value of an argument of the block
 */
export type Computed = (
  block: Block,
  attribute: string,
  given: (argument: string) => unknown,
) => unknown;

/** Arguments that keep their value from the state, by the address of their resource. */
export type Kept = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Maximum number of resources of a `count`, to limit memory. No local machine runs that many. */
const MOST_RESOURCES = 10_000;

/** The position of an expression. */
interface Place {
  readonly scope: Scope;
  /** `count.index` */
  readonly index?: number | undefined;
  /** Names of the arguments and variables on the path, to find cycles. */
  readonly trail: readonly string[];
  /** The values of `dynamic` blocks' iterators, by name. */
  readonly iterators?: Readonly<Record<string, unknown>>;
}

/** Resolves a block's arguments: references become values, or placeholders for values that only AWS knows. */
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
   * @param hasNoEffect returns true for arguments without effect, which stay as written if they cannot be
   * evaluated
   * @throws HarnessError with the address and argument if an expression cannot be evaluated
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
        if (name === "dynamic") Object.assign(resolved, this.#dynamic(block, value));
        else resolved[name] = this.#argument(block, name, value, []);
      } catch (error) {
        if (!(error instanceof HarnessError) || !hasNoEffect(name)) throw error;
        resolved[name] = value;
      }
    }
    return resolved;
  }

  /** The number of instances of a block; undefined without a `count`. */
  count(block: Block): number | undefined {
    const { address, arguments: given } = block;
    if (!Object.hasOwn(given, "count")) return undefined;
    const count = asNumber(this.#argument(block, "count", given["count"], []));
    if (Number.isInteger(count) && count >= 0 && count <= MOST_RESOURCES) return count;
    const message = `${address}.count: expected a number from 0 to ${MOST_RESOURCES}, got ${count}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }

  /** An argument of the provider; undefined if only AWS or the user's shell knows it. */
  provider(argument: string): unknown {
    try {
      const place: Place = { scope: this.#module.root, trail: [`provider.aws.${argument}`] };
      return this.#value(this.#module.provider[argument], place);
    } catch (error) {
      if (error instanceof HarnessError) return undefined;
      throw error;
    }
  }

  /** The provider's region. */
  region(): string | undefined {
    const value = this.provider("region");
    return typeof value === "string" && /^[a-z0-9-]+$/.test(value) ? value : undefined;
  }

  /** The value of a variable, converted to its type. */
  variable(scope: Scope, name: string, trail: readonly string[] = []): unknown {
    const here = `${scope.path}var.${name}`;
    if (trail.includes(here)) throw cycle(trail, here);
    const { call, variables } = scope;
    const variable = variables[name];
    if (variable === undefined) throw notDeclared([here]);
    const given = call?.inputs[name];
    const place: Place = { scope: call?.scope ?? scope, trail: [...trail, here] };
    const value = given === undefined ? undefined : this.#value(given, place);
    const isLeftOut = value === undefined || (value === null && variable.nullable === false);
    const chosen = isLeftOut ? variable.default : value;
    if (chosen !== undefined) return converted(chosen, variable.type, here);
    throw new HarnessError("ERR_UNSUPPORTED", `${here} has no default, so it has no value locally`);
  }

  /** Evaluates any value of a module. */
  evaluate(scope: Scope, value: unknown): unknown {
    return this.#value(value, { scope, trail: [] });
  }

  #argument(block: Block, name: string, value: unknown, trail: readonly string[]): unknown {
    const here = `${block.address}.${name}`;
    if (trail.includes(here)) throw cycle(trail, here);
    // Meta-arguments contain plain addresses, which are not expressions.
    if (name === "depends_on" || name === "lifecycle" || name === "provider") return value;
    try {
      return this.#value(value, { ...placeOf(block), trail: [...trail, here] });
    } catch (error) {
      if (!(error instanceof HarnessError) || trail.length > 0) throw error;
      throw new HarnessError(error.code, (words) => `${here}: ${error.inWords(words)}`, {
        cause: error,
      });
    }
  }

  /**
   * Nested blocks, by type.
   * https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
   */
  #dynamic(block: Block, kinds: unknown): Record<string, unknown[]> {
    return Object.fromEntries(
      entriesOf("dynamic", kinds).map(([kind, described]) => {
        const body = asRecord(described);
        const place = { ...placeOf(block), trail: [`${block.address}.dynamic.${kind}`] };
        const items = entriesOf("for_each", this.#value(body["for_each"], place));
        const made = items.map(([key, value]) =>
          this.#value(asRecord(body["content"]), {
            ...place,
            iterators: { [kind]: { key, value } },
          }),
        );
        return [kind, made];
      }),
    );
  }

  #value(value: unknown, place: Place): unknown {
    if (typeof value === "string") {
      return evaluateTemplate(value, (reference) => this.#lookup(reference, place));
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(item, place));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#value(item, place)]),
    );
  }

  #lookup(reference: Reference, place: Place): unknown {
    const { scope, trail, iterators = {} } = place;
    const [root = "", name = "", ...path] = reference;
    if (Object.hasOwn(iterators, root))
      return existing(dig(iterators[root], [name, ...path]), reference);
    if (root === "var")
      return existing(dig(this.variable(scope, String(name), trail), path), reference);
    if (root === "count" && name === "index" && place.index !== undefined) return place.index;
    if (root === "local") {
      if (!Object.hasOwn(scope.locals, name)) throw notDeclared(reference);
      return existing(
        dig(this.#named(`local.${name}`, scope.locals[name], place), path),
        reference,
      );
    }
    if (root === "module") return this.#output(reference, place);
    return this.#attribute(reference, place);
  }

  /** @throws HarnessError if a local or an output refers to itself */
  #named(name: string, value: unknown, { scope, trail }: Pick<Place, "scope" | "trail">): unknown {
    const here = `${scope.path}${name}`;
    if (trail.includes(here)) throw cycle(trail, here);
    return this.#value(value, { scope, trail: [...trail, here] });
  }

  #output(reference: Reference, { scope, trail }: Place): unknown {
    const [, name = "", output = "", ...path] = reference;
    const child = scope.children.get(String(name));
    if (!child || !Object.hasOwn(child.outputs, output)) throw notDeclared(reference);
    const value = this.#named(`output.${output}`, child.outputs[output]?.value, {
      scope: child,
      trail,
    });
    return existing(dig(value, path), reference);
  }

  #attribute(reference: Reference, { scope, trail }: Place): unknown {
    const [root] = reference;
    const depth = root === "data" || root === "ephemeral" ? 3 : 2;
    const address = `${scope.path}${reference.slice(0, depth).join(".")}`;
    const [first, ...rest] = reference.slice(depth);
    const counted = this.#counted(address);
    if (!counted) {
      const block = this.#module.blocks.get(address);
      if (!block || first === undefined) throw notDeclared(reference);
      return this.#attributeOf(block, first, rest, trail);
    }
    const [attribute, ...path] = rest;
    if (attribute === undefined) throw notDeclared(reference);
    if (first === SPLAT) {
      return counted.map((block) => this.#attributeOf(block, attribute, path, trail));
    }
    const block = typeof first === "number" ? counted[first] : undefined;
    if (block) return this.#attributeOf(block, attribute, path, trail);
    const message = `${reference.join(".")}: ${address} has a count of ${counted.length}, so an index is required`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }

  /** The instances of a block with a count; undefined without a count. */
  #counted(address: string): readonly Block[] | undefined {
    const block = this.#module.blocks.get(address);
    if (!block) return this.#module.counted.get(address);
    const count = this.count(block);
    return count === undefined ? undefined : numbered(block, count);
  }

  #attributeOf(
    block: Block,
    written: string | number,
    path: Reference,
    trail: readonly string[],
  ): unknown {
    const attribute = argumentFor(block.type, String(written));
    const given = (name: string): unknown =>
      Object.hasOwn(block.arguments, name)
        ? this.#argument(block, name, block.arguments[name], trail)
        : undefined;
    const computed = this.#computed(block, attribute, given);
    if (computed !== undefined) return dig(computed, path);
    const kept = this.#kept.get(block.address)?.[attribute];
    if (kept !== undefined) return dig(kept, path);
    const value = given(attribute);
    const found = value === undefined ? undefined : dig(value, path);
    return found ?? symbol(block.address, [attribute, ...path].join("."));
  }
}

const placeOf = ({ scope, index }: Block): Omit<Place, "trail"> => ({ scope, index });
