import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { firstAnswer } from "../answers/answers.ts";
import { Source, copiesOf } from "../answers/source.ts";
import { Watch } from "../answers/watch.ts";
import { checkMilliseconds, invalidArg, isRecord } from "../base/checks.ts";
import { channels, steps, traced } from "../base/diagnostics.ts";
import { SrvDialError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import type { SrvDialer, SrvDialerOptions, SrvDialerStats, SrvTarget } from "../base/types.ts";
import { type Connect, type Connection, type Verify, attempt } from "./attempt.ts";
import { Cooldown } from "./cooldown.ts";
import { Interruption, aborted, unresolved, withDeadline } from "./deadline.ts";
import { Dial, type DialContext } from "./dial.ts";
import { isListed } from "./listed.ts";
import { endWhenMoved } from "./moved.ts";
import { type Settings, parseOptions } from "./options.ts";
import { orderTargets } from "./order.ts";

/** Minimum time in ms between two reads of a watch, even if the TTL is shorter. */
const MIN_WATCH_INTERVAL = 100;

/** How long in ms an old endpoint has to answer once its service answers at a new one. */
const ANSWERS_WITHIN = 1_000;

/**
 * Creates a dialer for one SRV name. It looks up the records, caches them for their TTL, and connects
 * to the first target in RFC 2782 order that can be reached. Nothing happens before the first call.
 *
 * @param name queried as given, such as `dev-redis.dev-ecs` or `_redis._tcp.example.com`
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @see https://www.rfc-editor.org/rfc/rfc2782
 * @example
 * import { createSrvDialer } from "srv-dialer";
 *
 * const dialer = createSrvDialer("dev-redis.dev-ecs", { timeout: 5_000 });
 * const socket = await dialer.connect();
 * console.log(socket.remotePort);
 * socket.destroy();
 * dialer.close();
 */
export function createSrvDialer(name: string, options?: SrvDialerOptions): SrvDialer {
  return new Dialer(parseOptions(name, options));
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** ms */
  readonly timeout?: number | undefined;
  /** Whether the call and its connection keep the process alive. @default true */
  readonly ref?: boolean;
}

export interface DialOptions extends CallOptions {
  /** Overrides the dialer's own: the clients of a connector share a dialer, but not their TLS options. */
  readonly tls?: ConnectionOptions | undefined;
  /** ms between two checks of the records while the connection is silent, see {@link endWhenMoved}. @default no checks */
  readonly recheck?: number | undefined;
}

/** The dialer behind `createSrvDialer`; connectors add a check of the server. */
export class Dialer implements SrvDialer {
  readonly name: string;
  readonly #settings: Settings;
  readonly #sources: readonly Source[];
  readonly #context: DialContext;
  /** The same, with connections that do not keep the process alive. */
  readonly #quiet: DialContext;
  /** The lifetime of the dialer and its calls; `close` ends it. */
  readonly #lifetime = new Lifetime();
  readonly #watches = new Set<Watch>();
  readonly #counts = { connects: 0, failures: 0, attempts: 0, resolves: 0, staleAnswers: 0 };
  #pending = 0;

  constructor(settings: Settings, verify?: Verify) {
    this.name = settings.name;
    this.#settings = settings;
    this.#sources = settings.resolvers.map(
      (resolver) =>
        new Source(settings, resolver, {
          onAsk: () => this.#counts.resolves++,
          onStale: () => this.#counts.staleAnswers++,
          onAnswer: () => this.#watches.forEach((watch) => watch.poke()),
        }),
    );
    this.#context = {
      settings,
      sources: this.#sources,
      cooldown: new Cooldown(settings.cooldown, settings.clock),
      verify,
      onAttempt: () => this.#counts.attempts++,
    };
    const connect: Connect = (endpoint) => settings.connect(endpoint).unref();
    this.#quiet = { ...this.#context, settings: { ...settings, connect } };
  }

  async resolve(options: { signal?: AbortSignal; refresh?: boolean } = {}): Promise<SrvTarget[]> {
    checkCallOptions(options);
    return this.#call({ signal: options.signal }, undefined, (lifetime) =>
      this.#resolve(lifetime, options.refresh === true ? 0 : undefined),
    );
  }

  async connect(options: { signal?: AbortSignal; timeout?: number } = {}): Promise<Socket> {
    checkCallOptions(options);
    const { signal, timeout } = options;
    return (await this.dial({ signal, timeout })).socket;
  }

  /**
   * Like `connect`, and also gives the endpoint.
   *
   * @param caller ends the call, like a signal
   */
  async dial(options: DialOptions = {}, caller?: Lifetime): Promise<Connection> {
    const connection = await traced(
      steps.connect,
      { name: this.name },
      () => this.#dial(options, caller),
      ({ host, address, port }) => ({ host, address, port }),
    );
    const { recheck } = options;
    if (recheck !== undefined) this.endWhenMoved(connection, options, recheck);
    return connection;
  }

  async #dial(options: DialOptions, caller: Lifetime | undefined): Promise<Connection> {
    const tls = options.tls ?? this.#settings.tls;
    const started = this.#settings.clock.now();
    this.#pending++;
    try {
      const connection = await this.#call(options, caller, async (lifetime) => {
        const dial = new Dial(options.ref === false ? this.#quiet : this.#context, tls, lifetime);
        const dialed = await dial.run();
        // Stryker disable next-line ConditionalExpression: saves an object that no one reads
        if (!channels.connect.hasSubscribers) return dialed;
        const { reason } = lifetime;
        this.#publish(dialed, started);
        if (lifetime.reason === reason) return dialed;
        // A subscriber has ended the call: it must not get the connection.
        dialed.socket.destroy();
        throw dial.interrupted();
      });
      this.#counts.connects++;
      return connection;
    } catch (error) {
      this.#counts.failures++;
      channels.failure.publish({ name: this.name, error });
      throw error;
    } finally {
      this.#pending--;
    }
  }

  /**
   * Ends an open connection of this dialer once the service has moved, see {@link endWhenMoved}.
   *
   * @param options the options of its dial
   * @param every ms between two checks
   */
  endWhenMoved(connection: Connection, options: DialOptions, every: number): void {
    const { timeout, tls = this.#settings.tls } = options;
    const { settings, verify } = this.#quiet;
    const { name, clock } = settings;
    const ofAttempt = { ...settings, tls, verify };
    endWhenMoved(
      connection,
      {
        name,
        clock,
        lifetime: this.#lifetime,
        isListed: async (open) =>
          this.#call({ timeout, ref: false }, open, (call) =>
            isListed(this.#sources, connection, call),
          ),
        dial: async (open) =>
          this.#call({ timeout, ref: false }, open, (call) =>
            new Dial(this.#quiet, tls, call).run(),
          ),
        redial: async (open) =>
          this.#call({ timeout: ANSWERS_WITHIN, ref: false }, open, (call) =>
            attempt(connection, ofAttempt, call),
          ),
      },
      every,
    );
  }

  watch(listener: (targets: SrvTarget[]) => void): () => void {
    if (typeof listener !== "function") throw invalidArg("listener", listener, "a function");
    this.#checkOpen();
    const watch = new Watch({
      read: (caller) => this.#call({ ref: false }, caller, (call) => this.#resolve(call)),
      nextIn: () => this.#nextReading(),
      listener,
      clock: this.#settings.clock,
    });
    this.#watches.add(watch);
    watch.poke();
    return () => {
      watch.stop();
      this.#watches.delete(watch);
    };
  }

  /** Whether connections use TLS, unless a dial has TLS options of its own. */
  get usesTls(): boolean {
    return this.#settings.tls !== undefined;
  }

  stats(): SrvDialerStats {
    return { ...this.#counts, pending: this.#pending };
  }

  close(): void {
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
    this.#lifetime.end(new Interruption("ERR_SRV_CLOSED", "ended: the dialer was closed"));
    for (const source of this.#sources) source.close(this.#closedError());
  }

  /** @param maxAge ms; cached answers are used only when they are younger */
  async #resolve(lifetime: Lifetime, maxAge?: number): Promise<SrvTarget[]> {
    try {
      const answer = await firstAnswer(this.name, this.#sources, lifetime, maxAge);
      const { source, targets, origin } = answer;
      if (origin === "stale") source.servesStale(targets);
      return copiesOf(orderTargets(targets, this.#settings.random));
    } catch (error) {
      throw unresolved(this.name, lifetime) ?? error;
    }
  }

  #publish({ host, address, port }: Connection, started: number): void {
    const duration = this.#settings.clock.now() - started;
    channels.connect.publish({ name: this.name, host, address, port, duration });
  }

  /** Runs a call until its deadline, its caller or the dialer ends it. */
  #call<T>(
    options: CallOptions,
    caller: Lifetime | undefined,
    work: (lifetime: Lifetime) => Promise<T>,
  ): Promise<T> {
    this.#checkOpen();
    const { signal, ref = true } = options;
    if (signal !== undefined && !isSignal(signal)) {
      throw invalidArg("signal", signal, "an AbortSignal");
    }
    const timeout = checkMilliseconds("timeout", options.timeout, this.#settings.timeout, 1);
    const call = (lifetime: Lifetime): Promise<T> => {
      lifetime.endWith(this.#lifetime);
      if (caller !== undefined) lifetime.endWith(caller);
      if (signal !== undefined) lifetime.endWithSignal(signal, aborted);
      return work(lifetime);
    };
    return withDeadline(timeout, this.#settings.clock, call, { ref });
  }

  /** Milliseconds until the first cached answer expires: its replacement may take precedence over the one in use. */
  #nextReading(): number {
    const kept = this.#sources.map(({ expiresIn }) => expiresIn).filter((ms) => ms > 0);
    const expiry = kept.length === 0 ? 0 : Math.min(...kept);
    return Math.max(expiry, this.#settings.cache.minTtl, MIN_WATCH_INTERVAL);
  }

  #checkOpen(): void {
    if (this.#lifetime.reason !== undefined) throw this.#closedError();
  }

  #closedError(): SrvDialError {
    return new SrvDialError("ERR_SRV_CLOSED", `The dialer of ${this.name} is closed`, {
      hostname: this.name,
    });
  }
}

function checkCallOptions(options: unknown): void {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
}

/** Checks only the shape, as Node does, so that a polyfilled signal is accepted. */
function isSignal(signal: unknown): boolean {
  return (
    isRecord(signal) && "aborted" in signal && typeof signal["addEventListener"] === "function"
  );
}
