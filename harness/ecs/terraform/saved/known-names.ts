import type { Instance } from "./instances.ts";

/** The attributes that other resources use as a name. */
const NAMES = ["arn", "id", "name", "arn_without_revision", "family"] as const;

/** Finds resources by their names in AWS. */
export class KnownNames {
  readonly #addresses = new Map<string, string>();

  constructor(instances: readonly Instance[]) {
    for (const { mode, type, address, values } of instances) {
      if (mode !== "managed") continue;
      const { family, revision } = values;
      const names = [...NAMES.map((name) => values[name]), `${String(family)}:${String(revision)}`];
      for (const value of names) {
        if (typeof value === "string" && value !== "") {
          this.#addresses.set(`${type} ${value}`, address);
        }
      }
    }
  }

  /** The address of the resource with a type and this ARN, id or name. */
  find(type: string, value: string): string | undefined {
    return this.#addresses.get(`${type} ${value}`);
  }
}
