import type { CachedRead } from "./cached.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { type Source, isRoot } from "./source.ts";
import type { SrvTarget } from "../base/types.ts";

/** Targets of one source, at least one of them; never the target `.`. */
export interface Answer {
  readonly source: Source;
  readonly targets: readonly SrvTarget[];
  readonly origin: CachedRead<unknown>["origin"];
}

/** Why sources gave no targets: no records (undefined) or an error. */
export type Misses = (Error | undefined)[];

/**
 * The answers of the sources in turn; stale ones after all sources that can answer now.
 *
 * @throws {SrvDialError} ERR_SRV_UNAVAILABLE: the target `.` ends the search
 */
export async function* answersOf(
  name: string,
  sources: readonly Source[],
  { lifetime, misses, refresh }: { lifetime: Lifetime; misses: Misses; refresh?: "always" },
): AsyncGenerator<Answer, void, undefined> {
  const stale: Answer[] = [];
  for (const source of sources) {
    const answer = await answerOf(name, source, { lifetime, misses, refresh });
    if (answer?.origin === "stale") stale.push(answer);
    else if (answer !== undefined) yield answer;
  }
  for (const answer of stale) {
    answer.source.servesStale(answer.targets);
    yield answer;
  }
}

/** One source's answer, or undefined with the reason among the misses. */
export async function answerOf(
  name: string,
  source: Source,
  {
    lifetime,
    misses,
    refresh,
  }: { lifetime: Lifetime; misses: Misses; refresh: "suspect" | "always" | undefined },
): Promise<Answer | undefined> {
  try {
    const kept = refresh === undefined ? source.fresh : undefined;
    const { value, origin } =
      kept === undefined
        ? await source.read(lifetime, refresh)
        : { value: kept, origin: "cached" as const };
    const targets = value.filter(({ host }) => !isRoot(host));
    if (targets.length > 0) return { source, targets, origin };
    if (value.length > 0) throw unavailable(name);
    misses.push(undefined);
  } catch (error) {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    if (error instanceof SrvDialError && error.code === "ERR_SRV_UNAVAILABLE") throw error;
    misses.push(toError(error));
  }
  return undefined;
}

/** The error when no source had targets. */
export function noAnswer(name: string, misses: Misses): SrvDialError {
  const errors = misses.filter((miss) => miss !== undefined);
  const [cause] = errors;
  if (cause === undefined) {
    return new SrvDialError("ERR_SRV_NO_RECORDS", `${name} has no SRV records`, { hostname: name });
  }
  return new SrvDialError(
    "ERR_SRV_RESOLVE",
    `Cannot resolve ${name}: ${errors.map(({ message }) => message).join("; ")}`,
    { hostname: name, cause: errors.length === 1 ? cause : new AggregateError(errors) },
  );
}

function unavailable(name: string): SrvDialError {
  return new SrvDialError(
    "ERR_SRV_UNAVAILABLE",
    `${name} is not available: its SRV target is "."`,
    { hostname: name },
  );
}
