import { entryOf } from "../../types/resource-type.ts";
import { HarnessError, invalid } from "../../../base/errors.ts";
import type { Configuration } from "./configuration.ts";
import type { InstanceIndex } from "../instance-index.ts";
import { pathOf } from "../../expression/address.ts";
import { type Instance } from "../instances.ts";
import { namesOf, type ValuePath } from "../nested-schema.ts";
import type { References } from "./references.ts";

/** A reference with an inferred target. */
export interface Inferred {
  readonly argument: string;
  readonly address: string;
}

/** Finds the target of an argument whose value is not known before apply. */
export class UnknownReferences {
  readonly inferred: Inferred[] = [];
  /** The keys of `settled` that were used. */
  readonly used = new Set<string>();
  readonly #configuration: Configuration;
  readonly #references: References;
  readonly #instances: InstanceIndex;
  readonly #settled: Readonly<Record<string, string>>;

  /** @param settled target addresses by the address of a resource, or of one of its arguments */
  constructor(
    configuration: Configuration,
    references: References,
    instances: InstanceIndex,
    settled: Readonly<Record<string, string>>,
  ) {
    this.#configuration = configuration;
    this.#references = references;
    this.#instances = instances;
    this.#settled = settled;
  }

  /**
   * The address that an argument refers to: the one in `settled`, the only one that its expression refers to,
   * or the only one of its type nearby.
   * @throws HarnessError ERR_UNSUPPORTED with the candidates
   */
  find(instance: Instance, path: ValuePath, type: string): string {
    const argument = `${instance.address}.${namesOf(path)}`;
    const settled = this.#settledFor(instance, argument, type);
    if (settled !== undefined) return settled;
    const expression = this.#configuration.expression(instance, path, instance.values);
    const reached = this.#references.of(instance, expression?.references ?? []);
    const written = ofType(reached.instances, type);
    const [first, ...more] = written;
    if (first && more.length === 0) return first.address;
    const candidates = first ? written : this.#near(instance, type);
    const [only, ...others] = candidates;
    if (!first && only && others.length === 0) {
      this.inferred.push({ argument, address: only.address });
      return only.address;
    }
    throw ambiguous(
      argument,
      type,
      candidates.length > 0 ? candidates : this.#instances.ofType(type),
    );
  }

  #settledFor({ address }: Instance, argument: string, type: string): string | undefined {
    for (const key of [argument, address]) {
      const target = entryOf(this.#settled, key);
      const found = target === undefined ? undefined : this.#instances.at(target);
      if (target === undefined || (key === address && found?.type !== type)) continue;
      if (found?.type !== type) throw notOfType(argument, type, target, this.#instances);
      this.used.add(key);
      return found.address;
    }
    return undefined;
  }

  /** The resources of a type in the same module instance, else those that are passed to it. */
  #near({ steps }: Instance, type: string): readonly Instance[] {
    const own = this.#instances.ofTypeIn(pathOf(steps), type);
    return own.length > 0 ? own : ofType(this.#references.passedTo(steps).instances, type);
  }
}

const ofType = (instances: readonly Instance[], type: string): Instance[] =>
  instances.filter((each) => each.mode === "managed" && each.type === type);

/** Maximum number of candidates in an error, to keep it readable. */
const MOST_NAMED = 12;

function listed(instances: readonly Instance[]): string {
  const named = instances.slice(0, MOST_NAMED).map(({ address }) => address);
  const more = instances.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ") || "none";
}

function ambiguous(argument: string, type: string, candidates: readonly Instance[]): HarnessError {
  const message = `${argument} is not known before apply, and the plan does not show which ${type} it refers to; candidates: ${listed(candidates)}; name one`;
  return new HarnessError("ERR_UNSUPPORTED", message, {
    hint: { option: "resolve", name: argument },
  });
}

function notOfType(
  argument: string,
  type: string,
  target: string,
  instances: InstanceIndex,
): HarnessError {
  const message = `${argument} refers to a ${type}, and ${target} is not one in the plan; candidates: ${listed(instances.ofType(type))}; name one`;
  return invalid(message, { option: "resolve", name: argument });
}
