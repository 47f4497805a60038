import type { z } from "zod";
import { HarnessError } from "../base/errors.ts";
import { declaredOf, type Declared, type DeclaredBlocks } from "./declared.ts";
import { noEffect, parse } from "./fields.ts";
import { checkIgnored } from "./ignored.ts";
import { withLaunchType } from "./launch-type.ts";
import type { Block, Module } from "./module.ts";
import type { Resolver } from "./resolver.ts";
import { isModelled, SCHEMAS, type ModelledType } from "./schemas.ts";
import { whyRefused } from "./refused-types.ts";
import { withoutLocalEffect } from "./support.ts";
import { parseSymbol } from "./symbol.ts";
import { checkTriggers } from "./triggers.ts";

/** The checked arguments of a resource type. */
export type Arguments<Type extends ModelledType> = z.infer<(typeof SCHEMAS)[Type]>;

/** A checked resource. */
export interface Resource<Type extends ModelledType> {
  readonly address: string;
  readonly type: Type;
  readonly arguments: Arguments<Type>;
}

/** A template's resources, resolved and checked. All their arguments are modelled. */
export class Model {
  readonly #resources: ReadonlyMap<string, Resource<ModelledType>>;
  /** All blocks, including those that are not modelled, for comparison with another version. */
  readonly declared: DeclaredBlocks;

  private constructor(
    resources: ReadonlyMap<string, Resource<ModelledType>>,
    declared: DeclaredBlocks,
  ) {
    this.#resources = resources;
    this.declared = declared;
  }

  /**
   * Resolves and checks every resource of a module.
   * @param region the provider's
   * @throws HarnessError with every address and argument that is not supported
   */
  static of(module: Module, resolver: Resolver, region?: string): Model {
    const resources = new Map<string, Resource<ModelledType>>();
    const declared = new Map<string, Declared>();
    const problems: HarnessError[] = [];
    for (const block of module.blocks.values()) {
      try {
        const checked = check(block, module, resolver, region);
        if (checked) resources.set(block.address, checked);
        const values = checked?.arguments ?? resolver.resolve(block, () => true);
        const whole = declaredOf(block, values);
        checkIgnored(whole);
        checkTriggers(whole, module);
        declared.set(block.address, whole);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        problems.push(error);
      }
    }
    const [first] = problems;
    if (first) throw new HarnessError(first.code, problems.map((each) => each.message).join("\n"));
    return new Model(resources, declared);
  }

  /** Every resource of a type, in the template's order. */
  all<Type extends ModelledType>(type: Type): Resource<Type>[] {
    return [...this.#resources.values()].filter((resource) => isOfType(resource, type));
  }

  /**
   * The resource that an argument's value refers to.
   * @param where the argument, `aws_ecs_service.redis.task_definition`, for the error
   */
  referred<Type extends ModelledType>(type: Type, value: string, where: string): Resource<Type> {
    const address = parseSymbol(value)?.address;
    const found = address === undefined ? undefined : this.#resources.get(address);
    if (found && isOfType(found, type)) return found;
    const got = address ?? JSON.stringify(value);
    throw new HarnessError("ERR_UNSUPPORTED", `${where}: ${got} is not a ${type} of this template`);
  }
}

function isOfType<Type extends ModelledType>(
  resource: Resource<ModelledType>,
  type: Type,
): resource is Resource<Type> {
  return resource.type === type;
}

/** Undefined for a type without effect, and for data and ephemeral blocks, which are resolved where they are used. */
function check(
  block: Block,
  module: Module,
  resolver: Resolver,
  region: string | undefined,
): Resource<ModelledType> | undefined {
  const { address, type, kind } = block;
  if (kind !== "resource") return undefined;
  if (isModelled(type)) {
    const { shape } = SCHEMAS[type];
    const values = resolver.resolve(block, (name) => Reflect.get(shape, name) === noEffect);
    const args = parse(address, SCHEMAS[type], withLaunchType(block, module, values));
    if (args.region === undefined || args.region === region) {
      return { address, type, arguments: args };
    }
    const message = `${address}.region: only the provider's region is modelled, not ${args.region}`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  if (withoutLocalEffect(type) !== undefined) return undefined;
  const why = whyRefused(type);
  const reason = why === undefined ? "" : `: here ${why}`;
  const message = `${address}: ${type} is not modelled by the local ECS${reason}`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}
