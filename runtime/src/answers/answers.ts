import { SrvDialError, hasCode, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { SrvTarget } from "../base/types.ts";
import type { CachedRead } from "./cached.ts";
import type { Source } from "./source.ts";

/** The targets that one source gave: at least one, and never the target `.`. */
export interface Answer {
  readonly source: Source;
  readonly targets: readonly SrvTarget[];
  readonly origin: CachedRead<unknown>["origin"];
}

/** Why sources gave no targets: an error, or undefined for an empty answer without a reason. */
export type Reasons = (Error | undefined)[];

export interface ReadOptions {
  readonly lifetime: Lifetime;
  /** Collects the reasons of the sources that have no targets. */
  readonly reasons: Reasons;
  /** ms; cached answers are used only when they are younger. @default their TTL */
  readonly maxAge?: number | undefined;
}

/**
 * Passes the answers of the sources to `use` in turn, stale ones last, until it returns true.
 * @throws {SrvDialError} ERR_SRV_UNAVAILABLE at the target `.`, after which no other source is asked
 */
export async function eachAnswer(
  sources: readonly Source[],
  options: ReadOptions,
  use: (answer: Answer) => boolean | Promise<boolean>,
): Promise<Answer | undefined> {
  const stale: Answer[] = [];
  for (const source of sources) {
    const answer = await answerOf(source, options);
    if (answer?.origin === "stale") stale.push(answer);
    else if (answer !== undefined && (await use(answer))) return answer;
  }
  for (const answer of stale) if (await use(answer)) return answer;
  return undefined;
}

/** The first answer, for callers that need only one. @throws {SrvDialError} when there is none */
export async function firstAnswer(
  name: string,
  sources: readonly Source[],
  lifetime: Lifetime,
  maxAge?: number,
): Promise<Answer> {
  const reasons: Reasons = [];
  const first = await eachAnswer(sources, { lifetime, reasons, maxAge }, () => true);
  if (first === undefined) throw noAnswer(name, reasons);
  return first;
}

/** One source's answer; undefined when it has none, after adding the reason. */
export async function answerOf(
  source: Source,
  { lifetime, reasons, maxAge }: ReadOptions,
): Promise<Answer | undefined> {
  try {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    const { value, origin } = await source.records.read(lifetime, maxAge);
    const { targets, isUnavailable, absence } = value;
    if (targets.length > 0) return { source, targets, origin };
    if (isUnavailable) {
      const message = `${source.name} is not available: its SRV target is "."`;
      throw new SrvDialError("ERR_SRV_UNAVAILABLE", message, { hostname: source.name });
    }
    reasons.push(absence);
  } catch (error) {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    if (hasCode(error, "ERR_SRV_UNAVAILABLE")) throw error;
    reasons.push(toError(error));
  }
  return undefined;
}

/** The error to throw when no source had targets. */
export function noAnswer(name: string, reasons: Reasons): SrvDialError {
  const errors = reasons.filter((reason) => reason !== undefined);
  const failures = errors.filter((error) => !hasCode(error, "ERR_SRV_NO_RECORDS"));
  if (failures.length === 0) return noRecords(name, errors);
  // The messages of this package's resolvers start with the same words: say them once.
  const why = failures.map(({ message }) => message.replace(`Cannot resolve SRV ${name}: `, ""));
  return new SrvDialError("ERR_SRV_RESOLVE", `Cannot resolve ${name}: ${why.join("; ")}`, {
    hostname: name,
    cause: failures.length === 1 ? failures[0] : new AggregateError(failures),
  });
}

function noRecords(name: string, reasons: readonly Error[]): SrvDialError {
  const why = reasons.map(({ message }) => message).join("; ");
  const message = [`${name} has no SRV records`, why].filter(Boolean).join(": ");
  const cause = reasons.length > 1 ? new AggregateError(reasons, why) : reasons[0];
  return new SrvDialError("ERR_SRV_NO_RECORDS", message, { hostname: name, cause });
}
