import { rowOf, withoutAlias } from "../../types/index.ts";
import { child, type Configuration } from "./configuration.ts";
import { expressionOf } from "./expression-of.ts";
import type { InstanceIndex } from "../instance-index.ts";
import { type ModuleStep, pathOf, stepsOf } from "../../expression/address.ts";
import { hasUnknown, type Instance } from "../instances.ts";

/** The position of references. */
interface Place {
  readonly steps: readonly ModuleStep[];
  /** The number or key of their resource or module: `count.index` and `each.key`. */
  readonly key: string | number | undefined;
  /** The expression of `for_each`. */
  readonly forEach: unknown;
}

/** The targets of references. */
export interface Reached {
  readonly instances: readonly Instance[];
  /** Those whose referenced attribute is not known before apply. */
  readonly unknown: readonly Instance[];
  /** References to locals, whose expressions are not in a plan, each with its module. */
  readonly opaque: readonly string[];
}

/** Follows the references in a plan's configuration, through `each.value`, module arguments and outputs. */
export class References {
  readonly #configuration: Configuration;
  readonly #instances: InstanceIndex;
  readonly #passed = new Map<string, Reached>();

  constructor(configuration: Configuration, instances: InstanceIndex) {
    this.#configuration = configuration;
    this.#instances = instances;
  }

  /** The targets of the references in a resource's argument. */
  of(instance: Instance, references: readonly string[]): Reached {
    const { steps, index } = instance;
    const forEach = this.#configuration.resource(instance)?.for_each_expression;
    return this.#follow(references, { steps, key: index, forEach });
  }

  /** The targets of all arguments of a module instance. */
  passedTo(steps: readonly ModuleStep[]): Reached {
    const path = pathOf(steps);
    const known = this.#passed.get(path);
    if (known) return known;
    const call = this.#configuration.call(steps);
    const { references } = expressionOf(call?.expressions ?? {});
    const passed = this.#follow(references, this.#callPlace(steps));
    this.#passed.set(path, passed);
    return passed;
  }

  /**
   * The possible targets of a module's locals in a container: resources that containers name and that are not
   * created yet, in the module or passed to it.
   */
  behind(opaque: readonly string[]): Instance[] {
    const paths = new Set(opaque.map((each) => each.replace(/local\.[\w-]+$/, "")));
    const found = [...paths].flatMap((path) => [
      ...this.#instances
        .inModule(path)
        .filter(
          ({ type, unknown }) => rowOf(type).inContainers !== undefined && hasUnknown(unknown),
        ),
      ...(path === "" ? [] : this.passedTo(stepsOf(path)).unknown),
    ]);
    return [...new Set(found)];
  }

  /** The position of a module instance's call. */
  #callPlace(steps: readonly ModuleStep[]): Place {
    const forEach = this.#configuration.call(steps)?.for_each_expression;
    return { steps: steps.slice(0, -1), key: steps.at(-1)?.index, forEach };
  }

  #follow(references: readonly string[], place: Place): Reached {
    const isKeyed = references.some((each) => /^(each|count)\./.test(each));
    const all = longest(references).map((each) => this.#one(each, place, isKeyed));
    return {
      instances: [...new Set(all.flatMap(({ instances }) => instances))],
      unknown: [...new Set(all.flatMap(({ unknown }) => unknown))],
      opaque: [...new Set(all.flatMap(({ opaque }) => opaque))],
    };
  }

  #one(reference: string, place: Place, isKeyed: boolean): Reached {
    const [root = "", name = ""] = reference.split(/[.[]/);
    switch (root) {
      case "each":
        return name === "value" ? this.#follow([...over(place), "each.key"], place) : NOTHING;
      case "var":
        return this.#argument(name, place.steps);
      case "module":
        return this.#output(reference, place, isKeyed);
      case "local":
        return { ...NOTHING, opaque: [`${pathOf(place.steps)}local.${name}`] };
      case "count":
      case "path":
      case "self":
      case "terraform":
        return NOTHING;
      default:
        return this.#attribute(reference, place, isKeyed);
    }
  }

  #argument(name: string, steps: readonly ModuleStep[]): Reached {
    const call = this.#configuration.call(steps);
    if (!call) return NOTHING;
    const { references } = expressionOf(call.expressions[name]);
    return this.#follow(references, this.#callPlace(steps));
  }

  #output(reference: string, { steps, key }: Place, isKeyed: boolean): Reached {
    // All instances of a module may be referred to: `module.web`.
    const [step] = stepsOf(`${reference}.`);
    if (!step) return NOTHING;
    const [, output] = /^module\.[\w-]+(?:\[[^\]]*\])?\.([\w-]+)/.exec(reference) ?? [];
    const index = step.index ?? (isKeyed ? key : undefined);
    const inside = this.#moduleInstances([...steps, { ...step, index }]);
    const reached = inside.map((each) => {
      const { outputs = {} } = this.#configuration.module(each) ?? {};
      const all = output === undefined ? Object.values(outputs) : [outputs[output]];
      const references = all.flatMap((one) => expressionOf(one?.expression).references);
      return this.#follow(references, { steps: each, key: undefined, forEach: undefined });
    });
    return {
      instances: reached.flatMap(({ instances }) => instances),
      unknown: reached.flatMap(({ unknown }) => unknown),
      opaque: reached.flatMap(({ opaque }) => opaque),
    };
  }

  /** The module instances of a call: the one with the key, else all. */
  #moduleInstances(steps: readonly ModuleStep[]): (readonly ModuleStep[])[] {
    const byPath = this.#instances.ofCall(steps);
    const own = byPath.get(pathOf(steps));
    return own ? [own] : [...byPath.values()];
  }

  /** The instances of a resource: the one with the key, else all. */
  #attribute(reference: string, { steps, key }: Place, isKeyed: boolean): Reached {
    const found = RESOURCE.exec(reference);
    if (!found) return NOTHING;
    const [, data = "", type = "", name = "", written, attribute] = found;
    const resource = `${data}${withoutAlias(type)}.${name}`;
    const all = this.#instances.ofResource(pathOf(steps), resource);
    const index: unknown =
      written === undefined ? (isKeyed ? key : undefined) : JSON.parse(written);
    const own = all.filter((each) => index !== undefined && each.index === index);
    const reached = own.length > 0 ? own : all;
    const unknown = reached.filter((each) =>
      hasUnknown(attribute === undefined ? each.unknown : child(each.unknown, attribute)),
    );
    // Arguments refer to resources. A data source is of interest if it is read during apply.
    return data === "" ? { instances: reached, unknown, opaque: [] } : { ...NOTHING, unknown };
  }
}

/** `aws_lb.main["a"].arn`, and with `data.` before it. */
const RESOURCE = /^(data\.)?([\w-]+)\.([\w-]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?(?:\.([\w-]+))?/;

const NOTHING: Reached = { instances: [], unknown: [], opaque: [] };

const over = ({ forEach }: Place): readonly string[] =>
  expressionOf(forEach).references.filter((each) => !each.startsWith("each."));

/** A plan lists each reference and all its prefixes. Keeps the longest ones. */
function longest(references: readonly string[]): string[] {
  const prefixes = new Set(references.flatMap(prefixesOf));
  return [...new Set(references)].filter((each) => !prefixes.has(each));
}

/** What a reference begins with, before each `.` and `[` outside of a key. */
const prefixesOf = (reference: string): string[] =>
  [...reference.matchAll(/\["(?:[^"\\]|\\.)*"\]|[.[]/g)].map(({ index }) =>
    reference.slice(0, index),
  );
