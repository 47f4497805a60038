import type { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { declaredOf, type Declared, type DeclaredBlocks } from "../configuration/declared.ts";
import { isOpaque, parse } from "../types/fields.ts";
import { checkIgnored } from "../changes/ignored.ts";
import { hasStrategy } from "../types/services.ts";
import type { Block, Module } from "../configuration/module.ts";
import { Consequence, Problems } from "../configuration/problems.ts";
import type { Resolver } from "../configuration/resolver.ts";
import { parseSymbol } from "../expression/symbol.ts";
import { checkTriggers } from "../changes/triggers.ts";
import {
  argumentOf,
  isModelled,
  type ModelledType,
  schemaOf,
  whyRefused,
  withoutLocalEffect,
} from "../types/index.ts";

/** The checked arguments of a resource type. */
export type Arguments<Type extends ModelledType> = z.infer<ReturnType<typeof schemaOf<Type>>>;

/** A checked resource. */
export interface Resource<Type extends ModelledType> {
  readonly address: string;
  readonly type: Type;
  /** Whether it exists before the run. */
  readonly exists: boolean;
  /** Whether it is for Fargate, in whose place the local hosts are. */
  readonly isFargate: boolean;
  readonly arguments: Arguments<Type>;
}

/** A template's resources, resolved and checked. All their arguments are modelled. */
export class Model {
  readonly #resources: ReadonlyMap<string, Resource<ModelledType>>;
  readonly #byType = new Map<ModelledType, Resource<ModelledType>[]>();
  /** All blocks, including those that are not modelled, for comparison with another version. */
  readonly declared: DeclaredBlocks;
  readonly problems: Problems;

  private constructor(
    resources: ReadonlyMap<string, Resource<ModelledType>>,
    declared: DeclaredBlocks,
    problems: Problems,
  ) {
    this.#resources = resources;
    this.declared = declared;
    this.problems = problems;
    for (const resource of resources.values()) {
      const others = this.#byType.get(resource.type);
      if (others) others.push(resource);
      else this.#byType.set(resource.type, [resource]);
    }
  }

  /**
   * Resolves and checks every resource of a module. What is not supported is in `problems`.
   * @param region the provider's
   */
  static of(module: Module, resolver: Resolver, region?: string): Model {
    const resources = new Map<string, Resource<ModelledType>>();
    const declared = new Map<string, Declared>();
    const problems = new Problems();
    for (const [address, error] of module.unread ?? []) problems.add(error, address);
    const hasDefaults = hasDefaultStrategy(module);
    for (const block of module.blocks.values()) {
      problems.attempt(() => {
        const checked = check(block, hasDefaults, resolver, region);
        if (checked) resources.set(block.address, checked);
        const values = checked?.arguments ?? resolver.resolve(block, () => true);
        const whole = declaredOf(block, values);
        checkIgnored(whole);
        checkTriggers(whole, module);
        declared.set(block.address, whole);
      }, block.address);
    }
    return new Model(resources, declared, problems);
  }

  /** Every resource of a type, in the template's order. */
  all<Type extends ModelledType>(type: Type): Resource<Type>[] {
    return (this.#byType.get(type) ?? []).filter((resource) => isOfType(resource, type));
  }

  /** Reads every resource of a type. One with a problem is left out. */
  read<Type extends ModelledType, Result extends object>(
    type: Type,
    read: (resource: Resource<Type>) => Result,
  ): Result[] {
    return this.all(type).flatMap(
      (resource) => this.problems.attempt(() => read(resource), resource.address) ?? [],
    );
  }

  /**
   * The resource that an argument's value refers to.
   * @param where the argument, `aws_ecs_service.redis.task_definition`, for the error
   */
  referred<Type extends ModelledType>(type: Type, value: string, where: string): Resource<Type> {
    const address = parseSymbol(value)?.address;
    const found = address === undefined ? undefined : this.#resources.get(address);
    if (found && isOfType(found, type)) return found;
    if (address !== undefined && this.problems.has(address)) throw new Consequence(where, address);
    const got = address ?? JSON.stringify(value);
    throw new HarnessError("ERR_UNSUPPORTED", `${where}: ${got} is not a declared ${type}`);
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
  hasDefaults: boolean,
  resolver: Resolver,
  region: string | undefined,
): Resource<ModelledType> | undefined {
  const { address, type, kind, exists = false, isFargate = false } = block;
  if (kind !== "resource") return undefined;
  if (isModelled(type)) {
    const values = resolver.resolve(block, (name) => isOpaque(argumentOf(type, name)));
    const args = parse(address, schemaOf(type), withLaunchType(block, hasDefaults, values));
    if (args.region === undefined || args.region === region) {
      return { address, type, exists, isFargate, arguments: args };
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

type Given = Readonly<Record<string, unknown>>;

/** Whether the cluster has a default strategy. */
const hasDefaultStrategy = ({ blocks }: Module): boolean =>
  [...blocks.values()].some(
    (block) =>
      block.type === "aws_ecs_cluster_capacity_providers" &&
      hasStrategy(block.arguments, "default_capacity_provider_strategy"),
  );

/**
 * Sets the default launch type of a service: EC2, unless the service or its cluster has a capacity provider
 * strategy. A service with a strategy may wait for a host.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 * @param hasDefaults whether the cluster has a strategy
 * @param values its resolved arguments
 */
function withLaunchType({ type }: Block, hasDefaults: boolean, values: Given): Given {
  if (type !== "aws_ecs_service" || (values["launch_type"] ?? null) !== null) return values;
  const isProvided = hasDefaults || hasStrategy(values, "capacity_provider_strategy");
  return isProvided ? values : { ...values, launch_type: "EC2" };
}
