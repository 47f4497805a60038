import { Lifetime } from "./lifetime.ts";
import type { Family, LookupContext, ResolveContext } from "./types.ts";

/**
 * The context that a resolver gets. The resolvers of this package take the lifetime from it. Others
 * read its signal, which is created only when it is read.
 */
export class Context implements LookupContext {
  readonly family: Family;
  readonly unref = true;
  declare readonly signal: AbortSignal;
  readonly #lifetime: Lifetime;

  /** One shared getter: with one per object, V8 could not share their layout, which costs time. */
  static readonly #signal: PropertyDescriptor & ThisType<Context> = {
    enumerable: true,
    get() {
      return this.#lifetime.signal;
    },
  };

  constructor(lifetime: Lifetime, family: Family) {
    this.family = family;
    this.#lifetime = lifetime;
    // An own property, so that a copy of the object has it too.
    Object.defineProperty(this, "signal", Context.#signal);
  }

  /**
   * Runs work within the lifetime of a context. For a context from elsewhere, the lifetime follows its
   * signal, if it has one.
   */
  static run<T>(
    context: Partial<ResolveContext>,
    work: (lifetime: Lifetime) => Promise<T>,
  ): Promise<T> {
    // A copy does not have this private field, and its signal may be another one.
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
