import type { Socket } from "node:net";
import { type Answer, type Misses, answerOf, answersOf, noAnswer } from "./answers.ts";
import { type Endpoint, type Verify, attempt } from "./attempt.ts";
import type { Cooldown } from "./cooldown.ts";
import type { Deadline } from "./deadline.ts";
import { channels } from "./diagnostics.ts";
import { endpointsOf } from "./endpoints.ts";
import {
  type SrvAttempt,
  SrvDialError,
  describeAttempts,
  formatEndpoint,
  toError,
} from "./errors.ts";
import { serviceName } from "./name.ts";
import type { Settings } from "./options.ts";
import { orderTargets } from "./order.ts";
import { race } from "./race.ts";
import type { Source } from "./source.ts";

export interface DialContext {
  readonly settings: Settings;
  readonly sources: readonly Source[];
  readonly cooldown: Cooldown;
  readonly verify: Verify | undefined;
  readonly onAttempt: () => void;
}

/** A connection and where it leads. */
export interface Connection extends Endpoint {
  readonly socket: Socket;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * One pass over what can be dialed now. The pace of passes belongs to the caller: nothing is tried
 * twice here.
 */
export class Dial {
  readonly #context: DialContext;
  readonly #deadline: Deadline;
  readonly #attempts: Writable<SrvAttempt>[] = [];
  readonly #tried = new Set<string>();
  readonly #misses: Misses = [];

  constructor(context: DialContext, deadline: Deadline) {
    this.#context = context;
    this.#deadline = deadline;
  }

  /** @throws {SrvDialError} */
  async run(): Promise<Connection> {
    const { settings, sources } = this.#context;
    const { signal } = this.#deadline;
    try {
      const search = { signal, misses: this.#misses };
      for await (const answer of answersOf(settings.name, sources, search)) {
        const connection = (await this.#race(answer)) ?? (await this.#raceAnew(answer));
        if (connection !== undefined) return connection;
      }
    } catch (error) {
      throw this.#interrupted() ?? error;
    }
    throw this.#failed();
  }

  /** An answer from the cache that led nowhere is suspect: what a new one adds is dialed too. */
  async #raceAnew({ source, origin }: Answer): Promise<Connection | undefined> {
    if (origin !== "cached") return undefined;
    const { signal } = this.#deadline;
    const search = { signal, misses: this.#misses, refresh: "suspect" as const };
    const anew = await answerOf(this.#context.settings.name, source, search);
    return anew?.origin === "fresh" ? this.#race(anew, "suspect") : undefined;
  }

  async #race({ source, targets }: Answer, refresh?: "suspect"): Promise<Connection | undefined> {
    const { settings, cooldown } = this.#context;
    const { signal } = this.#deadline;
    let winner: Endpoint | undefined;
    const endpoints = endpointsOf(cooldown.failedLast(orderTargets(targets, settings.random)), {
      addressesOf: (target) => source.addressesOf(target, signal, refresh),
      onLookupError: ({ host, port }, error) => {
        this.#attempts.push({
          host,
          address: undefined,
          port,
          phase: "lookup",
          error: toError(error),
        });
        cooldown.failed({ host, port });
      },
      isTried: (endpoint) => this.#tried.has(keyOf(endpoint)),
    });
    const socket = await race(endpoints, {
      attemptDelay: settings.attemptDelay,
      signal,
      attempt: async (endpoint, losing) => {
        const connected = await this.#attempt(endpoint, losing);
        winner = endpoint;
        return connected;
      },
    });
    return socket === undefined || winner === undefined ? undefined : { ...winner, socket };
  }

  async #attempt(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
    const { settings, cooldown, verify, onAttempt } = this.#context;
    const { name, tls } = settings;
    const servername = settings.servername === "service" ? serviceName(name) : settings.servername;
    const log: Writable<SrvAttempt> = {
      ...endpoint,
      phase: "connect",
      error: new Error("unfinished"),
    };
    this.#attempts.push(log);
    this.#tried.add(keyOf(endpoint));
    onAttempt();
    channels.attempt.publish({ name, ...endpoint });
    try {
      const socket = await attempt(endpoint, { tls, servername, verify }, log, signal);
      cooldown.succeeded(endpoint);
      return socket;
    } catch (error) {
      if (!signal.aborted) {
        log.error = toError(error);
        cooldown.failed(endpoint);
      }
      throw error;
    }
  }

  #interrupted(): SrvDialError | undefined {
    const { interruption } = this.#deadline;
    if (interruption === undefined) return undefined;
    const { name } = this.#context.settings;
    const { code, message, cause } = interruption;
    const attempts = [...this.#attempts];
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

  #failed(): SrvDialError {
    const { name } = this.#context.settings;
    const none = noAnswer(name, this.#misses);
    const attempts = this.#attempts;
    if (attempts.length === 0) return none;
    return new SrvDialError(
      "ERR_SRV_CONNECT",
      `Cannot connect to ${name}: ${describeAttempts(attempts)}`,
      { hostname: name, attempts, cause: this.#misses.length > 0 ? none : attempts[0]?.error },
    );
  }
}

function keyOf({ address, port }: Endpoint): string {
  return formatEndpoint(address, port);
}
