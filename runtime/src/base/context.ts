import { Lifetime } from "./lifetime.ts";
import type { Family, LookupContext, ResolveContext } from "./types.ts";

/**
 * What a resolver gets. The resolvers of this package take the lifetime from it. Others read its
 * signal, which costs nothing until then.
 */
export class Context implements LookupContext {
  readonly family: Family;
  readonly unref = true;
  declare readonly signal: AbortSignal;
  readonly #lifetime: Lifetime;

  /** One getter for all: with one for each object they would share no layout, which costs time. */
  static readonly #signal: PropertyDescriptor & ThisType<Context> = {
    enumerable: true,
    get() {
      return this.#lifetime.signal;
    },
  };

  constructor(lifetime: Lifetime, family: Family) {
    this.family = family;
    this.#lifetime = lifetime;
    // The object's own, so that a copy has it too.
    Object.defineProperty(this, "signal", Context.#signal);
  }

  /**
   * Runs work within the lifetime of a context. A foreign one gets a lifetime that follows its signal,
   * if it has one.
   */
  static run<T>(
    context: Partial<ResolveContext>,
    work: (lifetime: Lifetime) => Promise<T>,
  ): Promise<T> {
    // A copy may have another signal, and does not have this field.
    return #lifetime in context ? work(context.#lifetime) : runFor(context.signal, work);
  }
}

async function runFor<T>(
  signal: AbortSignal | undefined,
  work: (lifetime: Lifetime) => Promise<T>,
): Promise<T> {
  const lifetime = new Lifetime();
  if (signal !== undefined) lifetime.endWithSignal(signal);
  try {
    return await work(lifetime);
  } finally {
    lifetime.release();
  }
}
