import { checkSaved } from "../saved/format.ts";
import { type Instance, instancesAfter } from "../saved/instances.ts";

// What Terraform has found of a folder, as far as warnings read it: values are those of a state.

export type Values = Readonly<Record<string, unknown>>;

export class Found {
  readonly data: readonly Instance[];
  readonly #managed: readonly Instance[];

  /** @param state as `terraform show -json` writes it */
  constructor(state: object) {
    const all = instancesAfter(checkSaved("the state", state));
    this.data = all.filter(({ mode }) => mode === "data");
    this.#managed = all.filter(({ mode }) => mode === "managed");
  }

  /** The resources of a type. */
  all(type: string): Instance[] {
    return this.#managed.filter((each) => each.type === type);
  }

  /** The values of a resource; none for what the folder does not create. */
  at(address: string): Values {
    return this.#managed.find((each) => each.address === address)?.values ?? {};
  }
}

/** A text, or those in a list. */
export const textsIn = (value: unknown): string[] =>
  [value].flat().filter((each) => typeof each === "string" && each !== "") as string[];

/** JSON, or undefined. */
export function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
