import type { z } from "zod";
import { HarnessError } from "../errors.ts";
import { parse } from "./fields.ts";
import type { Block, Module, Resolver } from "./module.ts";
import { isModelled, SCHEMAS, type ModelledType } from "./schemas.ts";
import { withoutLocalEffect } from "./support.ts";
import { parseSymbol } from "./symbol.ts";

/** The checked arguments of a modelled resource type. */
export type Arguments<Type extends ModelledType> = z.infer<(typeof SCHEMAS)[Type]>;

/** A checked resource. */
export interface Resource<Type extends ModelledType> {
  readonly address: string;
  readonly type: Type;
  readonly arguments: Arguments<Type>;
}

/** A template's resources, resolved and checked: what is here is modelled in full. */
export class Model {
  readonly #resources: ReadonlyMap<string, Resource<ModelledType>>;

  private constructor(resources: ReadonlyMap<string, Resource<ModelledType>>) {
    this.#resources = resources;
  }

  /**
   * Resolves and checks every resource of a module.
   * @throws HarnessError naming every address and argument that the local ECS cannot honour
   */
  static of(module: Module, resolver: Resolver): Model {
    const resources = new Map<string, Resource<ModelledType>>();
    const problems: HarnessError[] = [];
    for (const block of module.blocks.values()) {
      try {
        const checked = check(block, resolver);
        if (checked) resources.set(block.address, checked);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        problems.push(error);
      }
    }
    const [first] = problems;
    if (first) throw new HarnessError(first.code, problems.map((each) => each.message).join("\n"));
    return new Model(resources);
  }

  /** Every resource of a type, in the template's order. */
  all<Type extends ModelledType>(type: Type): Resource<Type>[] {
    return [...this.#resources.values()].filter((resource) => isOfType(resource, type));
  }

  /**
   * The resource that an argument's value refers to.
   * @param where the argument, `aws_ecs_service.redis.task_definition`, for the error's text
   */
  referred<Type extends ModelledType>(type: Type, value: string, where: string): Resource<Type> {
    const address = parseSymbol(value)?.address;
    const found = address === undefined ? undefined : this.#resources.get(address);
    if (found && isOfType(found, type)) return found;
    const got = address ?? JSON.stringify(value);
    throw new HarnessError("ERR_UNSUPPORTED", `${where}: ${got} is no ${type} of this template`);
  }
}

function isOfType<Type extends ModelledType>(
  resource: Resource<ModelledType>,
  type: Type,
): resource is Resource<Type> {
  return resource.type === type;
}

/** Data and ephemeral blocks are only resolved where they are used. */
function check(block: Block, resolver: Resolver): Resource<ModelledType> | undefined {
  const { address, type, kind } = block;
  if (kind !== "resource") return undefined;
  if (isModelled(type)) {
    return { address, type, arguments: parse(address, SCHEMAS[type], resolver.resolve(block)) };
  }
  if (withoutLocalEffect(type) !== undefined) return undefined;
  throw new HarnessError("ERR_UNSUPPORTED", `${address}: ${type} is not modelled by the local ECS`);
}
