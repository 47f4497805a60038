import { toError } from "./errors.ts";
import { Lifetime } from "./lifetime.ts";
import type { Family, LookupContext, ResolveContext } from "./types.ts";

/** By the contexts that were made here; a copy of one is a context like any other. */
const lifetimes = new WeakMap<ResolveContext, Lifetime>();

/** What a resolver is told: its signal is made when somebody looks at it, which our own do not. */
export function contextOf(lifetime: Lifetime, family: Family): LookupContext {
  const context = {
    family,
    unref: true,
    get signal() {
      return lifetime.signal;
    },
  };
  lifetimes.set(context, lifetime);
  return context;
}

/** Runs work under the lifetime behind a context, or one that follows its signal. */
export async function under<T>(
  context: ResolveContext,
  work: (lifetime: Lifetime) => Promise<T>,
): Promise<T> {
  const own = lifetimes.get(context);
  if (own !== undefined) return work(own);
  const { signal } = context;
  const lifetime = new Lifetime();
  const end = (): void => lifetime.end(toError(signal.reason));
  if (signal.aborted) end();
  else signal.addEventListener("abort", end);
  try {
    return await work(lifetime);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
