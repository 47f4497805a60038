import type { Instance } from "./instances.ts";

/** The attributes by which other resources name one. */
const NAMES = ["arn", "id", "name", "arn_without_revision", "family"] as const;

/** Resources by what AWS has named them. */
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

  /** The address of the resource of a type that has this ARN, id or name. */
  find(type: string, value: string): string | undefined {
    return this.#addresses.get(`${type} ${value}`);
  }
}
