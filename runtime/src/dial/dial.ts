import type { ConnectionOptions } from "node:tls";
import {
  type Answer,
  type Misses,
  type Source,
  answerOf,
  answersOf,
  isRoot,
  noAnswer,
} from "../answers/answers.ts";
import { channels } from "../base/diagnostics.ts";
import {
  type SrvAttempt,
  type SrvAttemptPhase,
  SrvDialError,
  describeAttempts,
  toError,
} from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { serviceName } from "../base/name.ts";
import { type Connection, type Endpoint, type Verify, attempt } from "./attempt.ts";
import type { Cooldown } from "./cooldown.ts";
import { interruptionOf } from "./deadline.ts";
import { endpointsOf, interleave } from "./endpoints.ts";
import type { Settings } from "./options.ts";
import { orderTargets } from "./order.ts";
import { Race } from "./race.ts";

/** What the dials of one dialer share. */
export interface DialContext {
  readonly settings: Settings;
  readonly sources: readonly Source[];
  readonly cooldown: Cooldown;
  readonly verify: Verify | undefined;
  readonly onAttempt: () => void;
}

/** An attempt under way or over. */
interface Log {
  readonly host: string;
  /** Undefined when the host's addresses could not be found. */
  readonly address: string | undefined;
  readonly port: number;
  /** On the clock of performance.now. */
  readonly startedAt: number;
  phase: SrvAttemptPhase;
  error: Error | undefined;
}

/**
 * One pass over what can be dialed now. The pace of passes belongs to the caller: nothing is tried
 * twice here.
 */
export class Dial {
  readonly #context: DialContext;
  readonly #tls: ConnectionOptions | undefined;
  readonly #lifetime: Lifetime;
  readonly #log: Log[] = [];
  readonly #misses: Misses = [];
  readonly #race: Race;

  /** @param tls undefined: no TLS */
  constructor(context: DialContext, tls: ConnectionOptions | undefined, lifetime: Lifetime) {
    this.#context = context;
    this.#tls = tls;
    this.#lifetime = lifetime;
    this.#race = new Race(this.#endpoints(), {
      attemptDelay: context.settings.attemptDelay,
      lifetime,
      attempt: (endpoint, ofAttempt) => this.#attempt(endpoint, ofAttempt),
    });
  }

  /** @throws {SrvDialError} */
  async run(): Promise<Connection> {
    let winner: Connection | undefined;
    try {
      winner = await this.#race.run(this.#known());
    } catch (error) {
      throw this.#interrupted() ?? error;
    }
    if (winner === undefined) throw this.#failed();
    this.#passBy(winner);
    return winner;
  }

  /** The first endpoint, when it is known. Most dials need no other, and wait for no lookup. */
  #known(): Endpoint | undefined {
    const { sources, settings, cooldown } = this.#context;
    const [source] = sources;
    const targets = source?.fresh?.filter(({ host }) => !isRoot(host)) ?? [];
    const [target] = cooldown.failedLast(orderTargets(targets, settings.random));
    if (source === undefined || target === undefined) return undefined;
    const [address] = interleave(source.knownAddressesOf(target) ?? []);
    return address === undefined ? undefined : { host: target.host, address, port: target.port };
  }

  /** Everything that can be dialed and was not yet tried, found as it is needed. */
  async *#endpoints(): AsyncGenerator<Endpoint, void, undefined> {
    const { settings, sources } = this.#context;
    const search = { lifetime: this.#lifetime, misses: this.#misses };
    for await (const answer of answersOf(settings.name, sources, search)) {
      yield* this.#endpointsOf(answer);
      if (!(await this.#race.needsMore())) return;
      if (answer.origin !== "cached") continue;
      // An answer from the cache that led nowhere is suspect: what a new one adds is dialed too.
      const refresh = "suspect";
      const anew = await answerOf(settings.name, answer.source, { ...search, refresh });
      if (anew === undefined || isSameAnswer(anew, answer)) continue;
      yield* this.#endpointsOf(anew, refresh);
      if (!(await this.#race.needsMore())) return;
    }
  }

  #endpointsOf({ source, targets }: Answer, refresh?: "suspect"): AsyncGenerator<Endpoint, void> {
    const { settings, cooldown } = this.#context;
    return endpointsOf(cooldown.failedLast(orderTargets(targets, settings.random)), {
      addressesOf: (target) => source.addressesOf(target, this.#lifetime, refresh),
      onLookupError: ({ host, port }, error) => {
        const log = { host, address: undefined, port, startedAt: performance.now() };
        this.#log.push({ ...log, phase: "lookup", error: toError(error) });
        cooldown.failed({ host, port });
      },
      isTried: ({ address, port }) =>
        this.#log.some((tried) => tried.address === address && tried.port === port),
    });
  }

  async #attempt(endpoint: Endpoint, lifetime: Lifetime): Promise<Connection> {
    const { settings, cooldown, verify, onAttempt } = this.#context;
    const { name } = settings;
    const servername = settings.servername === "service" ? serviceName(name) : settings.servername;
    const { host, address, port } = endpoint;
    const startedAt = performance.now();
    // Field by field: to spread the endpoint took a tenth of a warm dial.
    const log: Log = { host, address, port, startedAt, phase: "connect", error: undefined };
    this.#log.push(log);
    onAttempt();
    if (channels.attempt.hasSubscribers) channels.attempt.publish({ name, ...endpoint });
    try {
      const socket = await attempt(endpoint, { tls: this.#tls, servername, verify }, log, lifetime);
      cooldown.succeeded(endpoint);
      return { host, address, port, socket };
    } catch (error) {
      if (lifetime.reason === undefined) {
        log.error = toError(error);
        cooldown.failed(endpoint);
      }
      throw error;
    }
  }

  /**
   * A target that had its head start, and lost to a later one, is dialed last for a while, as if it
   * had failed. Else a lost host would cost every dial a head start.
   */
  #passBy({ host, address, port }: Connection): void {
    // Timers may be a millisecond early.
    const begun = performance.now() - this.#context.settings.attemptDelay + 1;
    for (const log of this.#log) {
      const isSame = log.host === host && log.port === port;
      if (isSame && log.address === address) return;
      if (!isSame && log.startedAt <= begun) this.#context.cooldown.failed(log);
    }
  }

  #interrupted(): SrvDialError | undefined {
    const interruption = interruptionOf(this.#lifetime);
    if (interruption === undefined) return undefined;
    const { name } = this.#context.settings;
    const { code, message, cause } = interruption;
    const attempts = this.#tally();
    if (code === "ERR_SRV_TIMEOUT") {
      for (const { host, port } of attempts) this.#context.cooldown.failed({ host, port });
    }
    const tried = attempts.length === 0 ? "while resolving" : describeAttempts(attempts);
    return new SrvDialError(code, `Dial of ${name} ${message}: ${tried}`, {
      hostname: name,
      attempts,
      cause,
    });
  }

  #tally(): SrvAttempt[] {
    return this.#log.map(({ host, address, port, phase, error }) => {
      return { host, address, port, phase, error: error ?? new Error(`unfinished (${phase})`) };
    });
  }

  #failed(): SrvDialError {
    const { name } = this.#context.settings;
    const none = noAnswer(name, this.#misses);
    const attempts = this.#tally();
    if (attempts.length === 0) return none;
    return new SrvDialError(
      "ERR_SRV_CONNECT",
      `Cannot connect to ${name}: ${describeAttempts(attempts)}`,
      { hostname: name, attempts, cause: this.#misses.length > 0 ? none : attempts[0]?.error },
    );
  }
}

/** Whether a refresh only gave back what was kept: too young to be asked for again, or stale. */
function isSameAnswer(anew: Answer, old: Answer): boolean {
  return anew.origin !== "fresh" && anew.targets[0] === old.targets[0];
}
