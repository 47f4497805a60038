import { arnOf } from "../types/aws-names.ts";
import type { Plan } from "./plan.ts";
import type { Computed } from "../configuration/resolver.ts";
import { rowOf } from "../types/index.ts";
import { entryOf } from "../types/resource-type.ts";

/** Values for a run that only AWS knows. */
export interface KnownValues {
  /** SSM parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Existing secrets outside the template, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Names of existing Cloud Map namespaces outside the template, by id. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** Values of attributes that only AWS knows, by `address.attribute`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Values of random resources in this run, by address, so that a second apply gets the same ones. */
  readonly drawn: Map<string, string>;
  /** Changes a plan before it runs. @default nothing */
  readonly adjust?: (plan: Plan) => Plan;
}

/** The region and account of a template. */
export interface Where {
  readonly region: string | undefined;
  readonly account: string;
}

/**
 * The local values of computed attributes.
 * @param where region and account of the provider
 */
export function computedValues({ region, account }: Where, known: KnownValues): Computed {
  const attributes = new Map(Object.entries(known.attributes ?? {}));
  // Ephemeral values are new for each apply. A secret keeps the value that was written to it.
  const ephemeral = new Map<string, string>();
  const arn = (type: string, name: string): string | undefined =>
    region === undefined ? undefined : arnOf(type, name, { region, account });
  return {
    arnStart: (type) => arn(type, "")?.replace(/^((?:[^:]*:){5}).*$/, "$1"),
    value: (block, attribute, given) => {
      const value = attributes.get(`${block.address}.${attribute}`);
      if (value !== undefined) return value;
      const read = entryOf(rowOf(block.type).values, attribute);
      return read?.({
        block,
        given,
        region,
        arnOf: (name) => arn(block.type, name),
        parameters: known.parameters,
        drawn: block.kind === "ephemeral" ? ephemeral : known.drawn,
      });
    },
  };
}
