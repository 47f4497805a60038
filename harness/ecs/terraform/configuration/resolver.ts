import { HarnessError } from "../../base/errors.ts";
import { indexOf } from "../expression/address.ts";
import { symbol } from "../expression/symbol.ts";
import { Attributes, dig, type Path } from "../expression/values.ts";
import { argumentFor } from "../types/index.ts";
import { type ArnStart, withArns } from "./arn-functions.ts";
import { functionsOf } from "./file-functions.ts";
import { type Block, blocksOf, type Module } from "./module.ts";
import { namesOf } from "./each.ts";
import { Scope } from "./scope.ts";

/** What is known locally of values that a provider computes. */
export interface Computed {
  /**
   * The local value of an attribute; undefined if there is none.
   * @param given returns the value of an argument of the block
   */
  readonly value: (
    block: Block,
    attribute: string,
    given: (argument: string) => unknown,
  ) => unknown;
  readonly arnStart: ArnStart;
}

const NOTHING: Computed = { value: () => undefined, arnStart: () => undefined };

/** Arguments that keep their value from the state, by the address of their resource. */
export type Kept = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Resolves a block's arguments: references become values, or placeholders for values that only AWS knows. */
export class Resolver {
  readonly #module: Pick<Module, "blocks" | "root">;
  readonly #computed: Computed;
  readonly #kept: Kept;
  /** The scope of the root module. */
  readonly root: Scope;
  /** The instances of resources, by address. */
  readonly #instances: Map<string, readonly Block[]>;

  /** @param module instances that it lacks are found in what is written */
  constructor(
    module: Pick<Module, "blocks" | "root">,
    computed: Computed = NOTHING,
    kept: Kept = new Map(),
  ) {
    this.#module = module;
    this.#computed = computed;
    this.#kept = kept;
    const instances = new Map<string, Block[]>();
    for (const block of module.blocks.values()) {
      const { address, each } = block;
      const resource = address.slice(0, address.length - indexOf(each.key).length);
      const others = instances.get(resource);
      if (others) others.push(block);
      else instances.set(resource, [block]);
    }
    this.#instances = instances;
    this.root = Scope.of(module.root, {
      functions: withArns(functionsOf(module.root), computed.arnStart),
      variables: new Map(),
      instances: (scope, resource) =>
        this.instancesOf(scope, resource).map((block) => ({
          key: block.each.key,
          read: (path) => this.#read(block, path),
        })),
    });
  }

  /** The instances of a resource in a module instance. */
  instancesOf(scope: Scope, resource: string): readonly Block[] {
    const address = `${scope.path}${resource}`;
    const instances = this.#instances.get(address) ?? blocksOf(scope, resource);
    this.#instances.set(address, instances);
    return instances;
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
        else resolved[name] = this.#argument(block, name, value);
      } catch (error) {
        if (!(error instanceof HarnessError) || !hasNoEffect(name)) throw error;
        resolved[name] = value;
      }
    }
    return resolved;
  }

  /** An argument of the provider; undefined if only AWS or the user's shell knows it. */
  provider(argument: string): unknown {
    try {
      return this.root.value(this.#module.root.provider[argument]);
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

  #argument(block: Block, name: string, value: unknown): unknown {
    // Meta-arguments contain plain addresses, which are not expressions.
    if (name === "depends_on" || name === "lifecycle" || name === "provider") return value;
    const scope = this.root.at(block.steps);
    return scope.argument(`${block.address}.${name}`, value, namesOf(block.each));
  }

  #dynamic(block: Block, kinds: unknown): object {
    return Object(
      this.root.at(block.steps).value({ dynamic: kinds }, namesOf(block.each)),
    ) as object;
  }

  /** An attribute of a block, or a value in it. Without a path, all its attributes. */
  #read(block: Block, [written, ...path]: Path): unknown {
    const { address } = block;
    if (written === undefined) return new Attributes(address, (each) => this.#read(block, each));
    const attribute = argumentFor(block.type, String(written));
    const given = (name: string): unknown =>
      Object.hasOwn(block.arguments, name)
        ? this.#argument(block, name, block.arguments[name])
        : undefined;
    const computed = this.#computed.value(block, attribute, given);
    if (computed !== undefined) return dig(computed, path);
    const kept = this.#kept.get(address)?.[attribute];
    if (kept !== undefined) return dig(kept, path);
    const value = given(attribute);
    const found = value === undefined ? undefined : dig(value, path);
    return found ?? symbol(address, [attribute, ...path].join("."));
  }
}
