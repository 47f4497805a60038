import { HarnessError } from "../../base/errors.ts";
import { cycle } from "../expression/evaluate.ts";

/** Evaluates variables, locals, outputs and arguments once each: others refer to them often. */
export class NamedValues {
  readonly #known = new Map<string, unknown>();
  /** The names that are being evaluated, each because of the one before it. */
  readonly #pending = new Set<string>();

  /** @throws HarnessError if the value refers to itself */
  once<Value>(name: string, evaluate: () => Value): Value {
    if (this.#known.has(name)) return this.#known.get(name) as Value;
    if (this.#pending.has(name)) throw cycle([...this.#pending], name);
    this.#pending.add(name);
    try {
      const value = evaluate();
      this.#known.set(name, value);
      return value;
    } finally {
      this.#pending.delete(name);
    }
  }

  /** {@link once} for what a user asks for: an error says where it is. */
  located<Value>(name: string, evaluate: () => Value): Value {
    const isAsked = this.#pending.size === 0;
    try {
      return this.once(name, evaluate);
    } catch (error) {
      if (!isAsked || !(error instanceof HarnessError)) throw error;
      throw new HarnessError(error.code, (words) => `${name}: ${error.inWords(words)}`, {
        cause: error,
      });
    }
  }
}
