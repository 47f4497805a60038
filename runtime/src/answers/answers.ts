import { SrvDialError, hasCode, toError } from "../base/errors.ts";
import type { Clock, Lifetime } from "../base/time.ts";
import type { SrvTarget } from "../base/types.ts";
import { type CachedRead, YOUNGEST } from "./cached.ts";
import type { Source } from "./source.ts";

/** How long in ms a source may be silent before the next one is asked too. One that is failing has no such time. */
const PATIENCE = 1_000;
/** How long in ms an expired answer waits for those of the sources after it. */
const STALE_DELAY = 250;

/** The targets that one source gave: at least one, and never the target `.`. */
export interface Answer {
  readonly source: Source;
  readonly targets: readonly SrvTarget[];
  readonly origin: CachedRead<unknown>["origin"];
}

export interface InquiryOptions {
  readonly name: string;
  /** In order of preference. */
  readonly sources: readonly Source[];
  readonly clock: Clock;
  readonly lifetime: Lifetime;
  /**
   * Uses an answer. @param isNewer true if the one before, from the cache, was of no use
   * @returns whether the inquiry is over; false once nothing is left of the answer to use
   */
  readonly use: (answer: Answer, isNewer: boolean) => boolean | Promise<boolean>;
  /** Called when every source was asked, and none gave something of use. */
  readonly onSpent: () => void;
  /** Called with an error that ends the inquiry, such as ERR_SRV_UNAVAILABLE. */
  readonly onError: (error: unknown) => void;
}

/** A source that is being asked, or whose answer is being used. */
interface Visit {
  readonly source: Source;
  readonly maxAge: number | undefined;
  /** Ends the turn of the source, and asks the next one. */
  readonly askNext: () => void;
  isSilent: boolean;
}

/**
 * Asks the sources for one call. A source is asked when those before it have no targets, fail, are silent, or when their
 * targets are of no use. None waits for another: each answer is used when it comes.
 */
export class Inquiry {
  readonly #options: InquiryOptions;
  readonly #visits = new Map<Source, Visit>();
  /** Why sources have no targets; undefined for an empty answer without a reason. */
  readonly #reasons = new Map<Source, Error | undefined>();
  /** The sources that were asked and have not said anything yet. */
  readonly #unheard = new Set<Source>();
  /** Those whose answers have expired, and wait for others, in the order of their sources. */
  readonly #expired = new Map<Visit, () => void>();
  #isOver = false;

  constructor(options: InquiryOptions) {
    this.#options = options;
  }

  /**
   * Asks the first source, and others as needed; not those that are still busy.
   * @param maxAge ms; cached answers are used only when they are younger. @default their TTL
   * @returns resolves when the source has had its turn: it is silent, or nothing of it is left to use
   */
  ask(maxAge?: number, index = 0): Promise<void> {
    return new Promise((hadItsTurn) => {
      const source = this.#options.sources[index];
      if (source === undefined || this.#isOver) return hadItsTurn();
      const askNext = (): void => {
        hadItsTurn();
        void this.ask(maxAge, index + 1);
      };
      const running = this.#visits.get(source);
      if (running !== undefined) return running.isSilent ? askNext() : hadItsTurn();
      const visit: Visit = { source, maxAge, askNext, isSilent: false };
      this.#visits.set(source, visit);
      const onEnd = (isOver: boolean): void => {
        this.#visits.delete(source);
        this.#isOver ||= isOver;
        // Nobody waits for the turn of an inquiry that is over.
        if (this.#isOver) return;
        askNext();
        if (this.#visits.size === 0) this.#options.onSpent();
        else this.#useExpired();
      };
      this.#visit(visit).then(onEnd, this.#options.onError);
    });
  }

  /** Whether a source was asked that has not said anything yet. */
  get isUnheard(): boolean {
    return this.#unheard.size > 0;
  }

  /** Why sources have no targets, in their order. */
  get reasons(): (Error | undefined)[] {
    return this.#options.sources.flatMap((each) => {
      if (this.#unheard.has(each)) return new Error("no answer yet");
      return this.#reasons.has(each) ? [this.#reasons.get(each)] : [];
    });
  }

  /** The error to throw when no source has targets. */
  failure(): SrvDialError {
    return noAnswer(this.#options.name, this.reasons);
  }

  /** @returns whether the inquiry is over */
  async #visit(visit: Visit): Promise<boolean> {
    const { use } = this.#options;
    const { maxAge } = visit;
    const answer = await this.#answerOf(visit, maxAge);
    if (answer === undefined) return false;
    if (answer.origin === "stale") await this.#letOthersAnswer(visit);
    if (this.#isOver || (await use(answer, maxAge !== undefined))) return true;
    if (answer.origin !== "cached") return false;
    // The cached answer is of no use, so it may be outdated.
    const newer = await this.#answerOf(visit, maxAge ?? YOUNGEST);
    return newer !== undefined && newer.targets !== answer.targets && use(newer, true);
  }

  /** A source's answer; undefined when it has none, after noting the reason. */
  async #answerOf(visit: Visit, maxAge: number | undefined): Promise<Answer | undefined> {
    const { lifetime, clock } = this.#options;
    const { source, askNext } = visit;
    let clear: (() => void) | undefined;
    try {
      if (lifetime.reason !== undefined) throw lifetime.reason;
      let read = source.records.read(lifetime, maxAge);
      if (read instanceof Promise) {
        if (!this.#reasons.has(source)) this.#unheard.add(source);
        const beSilent = (): void => {
          visit.isSilent = true;
          askNext();
        };
        if (source.records.isFailing) beSilent();
        else clear = clock.setTimeout(beSilent, PATIENCE);
        read = await read;
        this.#unheard.delete(source);
      }
      const { targets, isUnavailable, absence } = read.value;
      this.#reasons.delete(source);
      if (targets.length > 0) return { source, targets, origin: read.origin };
      if (isUnavailable) {
        const message = `${source.name} is not available: its SRV target is "."`;
        throw SrvDialError.of("ERR_SRV_UNAVAILABLE", message, { hostname: source.name });
      }
      this.#reasons.set(source, absence);
    } catch (error) {
      if (lifetime.reason !== undefined) throw lifetime.reason;
      if (hasCode(error, "ERR_SRV_UNAVAILABLE")) throw error;
      this.#unheard.delete(source);
      this.#reasons.set(source, toError(error));
    } finally {
      clear?.();
      visit.isSilent = false;
    }
    return undefined;
  }

  /** Those after it may have an answer that has not expired. */
  async #letOthersAnswer(visit: Visit): Promise<void> {
    const { clock, lifetime } = this.#options;
    visit.isSilent = true;
    visit.askNext();
    await lifetime.wait<void>((resolve) => {
      this.#expired.set(visit, resolve);
      this.#useExpired();
      return clock.setTimeout(resolve, STALE_DELAY);
    });
    this.#expired.delete(visit);
    visit.isSilent = false;
  }

  /** Uses the expired answer of the most preferred source once there is nothing else to wait for. */
  #useExpired(): void {
    const [first] = this.#expired.values();
    if (this.#visits.size === this.#expired.size) first?.();
  }
}

/** The first answer, for callers that need only one. @throws {SrvDialError} when there is none */
export function firstAnswer(
  options: Omit<InquiryOptions, "use" | "onSpent" | "onError">,
  maxAge?: number,
): Promise<Answer> {
  return options.lifetime.wait((resolve, onError) => {
    const use = (answer: Answer): boolean => {
      resolve(answer);
      return true;
    };
    const onSpent = (): void => onError(inquiry.failure());
    const inquiry = new Inquiry({ ...options, use, onSpent, onError });
    let clear: (() => void) | undefined;
    const ask = async (): Promise<void> => {
      await inquiry.ask(maxAge);
      // Beside a source that is silent, those that had nothing may have something now.
      if (inquiry.isUnheard) clear = options.clock.setTimeout(() => void ask(), PATIENCE);
    };
    void ask();
    return () => clear?.();
  });
}

function noAnswer(name: string, reasons: readonly (Error | undefined)[]): SrvDialError {
  const errors = reasons.filter((reason) => reason !== undefined);
  const failures = errors.filter((error) => !hasCode(error, "ERR_SRV_NO_RECORDS"));
  if (failures.length === 0) return noRecords(name, errors);
  // The messages of this package's resolvers start with the same words: say them once.
  const why = reasons.map((reason) => {
    return reason?.message.replace(`Cannot resolve SRV ${name}: `, "") ?? "no SRV records";
  });
  return SrvDialError.of("ERR_SRV_RESOLVE", `Cannot resolve ${name}: ${why.join("; ")}`, {
    hostname: name,
    cause: failures.length === 1 ? failures[0] : new AggregateError(failures),
  });
}

function noRecords(name: string, reasons: readonly Error[]): SrvDialError {
  const why = reasons.map(({ message }) => message).join("; ");
  const message = [`${name} has no SRV records`, why].filter(Boolean).join(": ");
  const cause = reasons.length > 1 ? new AggregateError(reasons, why) : reasons[0];
  return SrvDialError.of("ERR_SRV_NO_RECORDS", message, { hostname: name, cause });
}
