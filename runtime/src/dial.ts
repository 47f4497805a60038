import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { type Answer, type Misses, answerOf, answersOf, noAnswer } from "./answers.ts";
import { type Endpoint, type Verify, attempt } from "./attempt.ts";
import type { Cooldown } from "./cooldown.ts";
import type { Deadline } from "./deadline.ts";
import { channels } from "./diagnostics.ts";
import { endpointsOf } from "./endpoints.ts";
import {
  type SrvAttempt,
  type SrvAttemptPhase,
  SrvDialError,
  describeAttempts,
  formatEndpoint,
  toError,
} from "./errors.ts";
import type { Lifetime } from "./lifetime.ts";
import { serviceName } from "./name.ts";
import type { Settings } from "./options.ts";
import { orderTargets } from "./order.ts";
import { race } from "./race.ts";
import type { Source } from "./source.ts";

export interface DialContext {
  readonly settings: Settings;
  readonly tls: ConnectionOptions | undefined;
  readonly sources: readonly Source[];
  readonly cooldown: Cooldown;
  readonly verify: Verify | undefined;
  readonly onAttempt: () => void;
}

/** A connection and where it leads. */
export interface Connection extends Endpoint {
  readonly socket: Socket;
}

/** Head starts after which a silent attempt no longer holds up the search for other targets. */
const DOUBTFUL_AFTER = 4;

/** An attempt under way, or failed. */
interface Log extends Endpoint {
  phase: SrvAttemptPhase;
  error: Error | undefined;
}

/**
 * One pass over what can be dialed now. The pace of passes belongs to the caller: nothing is tried
 * twice here.
 */
export class Dial {
  readonly #context: DialContext;
  readonly #deadline: Deadline;
  readonly #log: (Log | SrvAttempt)[] = [];
  readonly #tried = new Set<string>();
  readonly #misses: Misses = [];
  #running = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(context: DialContext, deadline: Deadline) {
    this.#context = context;
    this.#deadline = deadline;
  }

  /** @throws {SrvDialError} */
  async run(): Promise<Connection> {
    const { attemptDelay } = this.#context.settings;
    // Two attempts may succeed in one turn: the winner's socket tells which endpoint it leads to.
    const connected = new Map<Socket, Endpoint>();
    try {
      const socket = await race(this.#endpoints(), {
        attemptDelay,
        lifetime: this.#deadline,
        attempt: async (endpoint, lifetime) => {
          const candidate = await this.#attempt(endpoint, lifetime);
          connected.set(candidate, endpoint);
          return candidate;
        },
      });
      const endpoint = socket === undefined ? undefined : connected.get(socket);
      if (socket !== undefined && endpoint !== undefined) return { ...endpoint, socket };
    } catch (error) {
      throw this.#interrupted() ?? error;
    } finally {
      this.#isOver = true;
      this.#wake?.();
    }
    throw this.#failed();
  }

  /** Everything that can be dialed, found as it is needed. */
  async *#endpoints(): AsyncGenerator<Endpoint, void, undefined> {
    const { settings, sources } = this.#context;
    const search = { lifetime: this.#deadline, misses: this.#misses };
    for await (const answer of answersOf(settings.name, sources, search)) {
      yield* this.#endpointsOf(answer);
      if (!(await this.#ledNowhere())) return;
      if (answer.origin !== "cached") continue;
      // An answer from the cache that led nowhere is suspect: what a new one adds is dialed too.
      const refresh = "suspect";
      const anew = await answerOf(settings.name, answer.source, { ...search, refresh });
      if (anew === undefined || isSameAnswer(anew, answer)) continue;
      yield* this.#endpointsOf(anew, refresh);
      if (!(await this.#ledNowhere())) return;
    }
  }

  #endpointsOf({ source, targets }: Answer, refresh?: "suspect"): AsyncGenerator<Endpoint, void> {
    const { settings, cooldown } = this.#context;
    return endpointsOf(cooldown.failedLast(orderTargets(targets, settings.random)), {
      addressesOf: (target) => source.addressesOf(target, this.#deadline, refresh),
      onLookupError: ({ host, port }, error) => {
        const log = { host, address: undefined, port, phase: "lookup" as const };
        this.#log.push({ ...log, error: toError(error) });
        cooldown.failed({ host, port });
      },
      isTried: (endpoint) => this.#tried.has(keyOf(endpoint)),
    });
  }

  /**
   * Waits until every attempt has failed, or kept silent for so long that its target is doubtful: a
   * lost host refuses nothing. Silent attempts stay in the race.
   *
   * @returns false when the race is over
   */
  async #ledNowhere(): Promise<boolean> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        const patience = DOUBTFUL_AFTER * this.#context.settings.attemptDelay;
        const timer = setTimeout(resolve, patience);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return !this.#isOver;
  }

  async #attempt(endpoint: Endpoint, lifetime: Lifetime): Promise<Socket> {
    const { settings, tls, cooldown, verify, onAttempt } = this.#context;
    const { name } = settings;
    const servername = settings.servername === "service" ? serviceName(name) : settings.servername;
    const log: Log = { ...endpoint, phase: "connect", error: undefined };
    this.#log.push(log);
    this.#tried.add(keyOf(endpoint));
    this.#running++;
    onAttempt();
    if (channels.attempt.hasSubscribers) channels.attempt.publish({ name, ...endpoint });
    try {
      const socket = await attempt(endpoint, { tls, servername, verify }, log, lifetime);
      cooldown.succeeded(endpoint);
      return socket;
    } catch (error) {
      if (lifetime.reason === undefined) {
        log.error = toError(error);
        cooldown.failed(endpoint);
      }
      // Failures alone lead on: a success ends the race, and nothing more is to be searched for.
      this.#running--;
      if (this.#running === 0) this.#wake?.();
      throw error;
    }
  }

  #interrupted(): SrvDialError | undefined {
    const { interruption } = this.#deadline;
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
    return this.#log.map((entry) => ({
      ...entry,
      error: entry.error ?? new Error(`unfinished (${entry.phase})`),
    }));
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

function keyOf({ address, port }: Endpoint): string {
  return formatEndpoint(address, port);
}
