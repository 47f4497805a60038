import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { firstAnswer } from "../answers/answers.ts";
import { Source, type SourceEvents, copiesOf } from "../answers/source.ts";
import { Watch } from "../answers/watch.ts";
import { checkBoolean, checkMilliseconds, checkOptions, invalidArg } from "../base/checks.ts";
import { publish, steps, traced } from "../base/diagnostics.ts";
import { SrvDialError } from "../base/errors.ts";
import { keyOf } from "../base/shared.ts";
import { Lifetime, Interruption, OVER, aborted, deadline, unresolved } from "../base/lifetime.ts";
import type {
  ConnectOptions,
  SrvDialer,
  SrvDialerOptions,
  SrvDialerStats,
  SrvTarget,
} from "../base/types.ts";
import { type Connection, connectTo, endpointOf } from "../dial/connection.ts";
import { Dial, type DialContext } from "../dial/dial.ts";
import { Recheck, isListed } from "./recheck.ts";
import { type Settings, parseOptions } from "./options.ts";
import { Cooldown, orderTargets } from "../dial/order.ts";
import { Outage } from "../dial/outage.ts";

/** Minimum time in ms between two reads of a watch, even if the TTL is shorter. */
const MIN_WATCH_INTERVAL = 100;

/** How long in ms an old endpoint has to answer once its service answers at a new one. */
const ANSWERS_WITHIN = 1_000;

/**
 * Creates a dialer for one SRV name. It looks up the records, caches them for their TTL, and connects to the first
 * target in RFC 2782 order that can be reached. Nothing happens before the first call.
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

export interface DialOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
  readonly wait?: boolean | undefined;
  /** Whether the call and its connection keep the process alive. @default true */
  readonly ref?: boolean;
  /** Overrides the dialer's own: the clients of a connector share a dialer, but not their TLS options. */
  readonly tls?: ConnectionOptions | undefined;
}

/** The dialer behind `createSrvDialer`. */
export class Dialer implements SrvDialer {
  readonly name: string;
  readonly #settings: Settings;
  readonly #sources: readonly Source[];
  readonly #context: DialContext;
  /** The lifetime of the dialer and its calls; `close` ends it. */
  readonly #lifetime = new Lifetime();
  readonly #watches = new Set<Watch>();
  readonly #counts = { connects: 0, failures: 0, attempts: 0, resolves: 0, staleAnswers: 0 };
  readonly #rechecks = new Map<string, Recheck>();
  #pending = 0;
  #isPrepared = false;

  constructor(settings: Settings) {
    this.name = settings.name;
    this.#settings = settings;
    const { clock } = settings;
    const cooldown = new Cooldown(settings.cooldown, clock);
    const outage = new Outage(clock, settings.random);
    const events: SourceEvents = {
      onAsk: () => this.#counts.resolves++,
      onStale: () => this.#counts.staleAnswers++,
      onAnswer: (isNews, isUnavailable) => {
        if (isNews) outage.changed(isUnavailable);
        this.#watches.forEach((watch) => watch.poke());
      },
    };
    this.#sources = settings.resolvers.map((each) => new Source(settings, each, events));
    this.#context = { settings, sources: this.#sources, cooldown, outage, counts: this.#counts };
  }

  async resolve(options: { signal?: AbortSignal; refresh?: boolean } = {}): Promise<SrvTarget[]> {
    checkOptions(options, ["signal", "refresh"]);
    const maxAge = checkBoolean("refresh", options.refresh) === true ? 0 : undefined;
    const { signal } = options;
    return this.#call({ signal }, undefined, (lifetime) => this.#resolve(lifetime, maxAge));
  }

  async connect(options?: ConnectOptions): Promise<Socket> {
    if (options !== undefined) {
      checkOptions(options, ["signal", "timeout", "wait"]);
      checkBoolean("wait", options.wait);
    }
    return (await this.dial(options)).socket;
  }

  /** Like `connect`, and also gives the endpoint. @param caller ends the call, like a signal */
  async dial(options: DialOptions = {}, caller?: Lifetime): Promise<Connection> {
    const connection = await traced(
      steps.connect,
      this.name,
      () => this.#dial(options, caller),
      endpointOf,
    );
    if (!this.#isPrepared) this.#prepare();
    const { recheck } = this.#settings;
    if (recheck !== undefined) this.#recheck(connection, recheck, options);
    return connection;
  }

  async #dial(options: DialOptions, caller: Lifetime | undefined): Promise<Connection> {
    const { clock } = this.#settings;
    const started = clock.now();
    this.#pending++;
    let lifetime: Lifetime | undefined;
    try {
      lifetime = this.#begin(options, caller);
      const dial = this.#newDial(options, lifetime);
      const dialed = await dial.run();
      const { reason } = lifetime;
      publish("srv-dialer:connect", () => {
        return { name: this.name, ...endpointOf(dialed), duration: clock.now() - started };
      });
      if (lifetime.reason !== reason) {
        // A subscriber has ended the call: it must not get the connection.
        dialed.socket.destroy();
        throw dial.interrupted();
      }
      this.#counts.connects++;
      return dialed;
    } catch (error) {
      this.#counts.failures++;
      publish("srv-dialer:failure", () => ({ name: this.name, error: error as SrvDialError }));
      throw error;
    } finally {
      lifetime?.end(OVER);
      this.#pending--;
    }
  }

  /** The first connection has not waited for it. */
  #prepare(): void {
    this.#isPrepared = true;
    for (const resolver of this.#settings.resolvers) {
      (async () => resolver.prepare?.(this.name))().catch(() => {});
    }
  }

  #newDial(options: DialOptions, lifetime: Lifetime): Dial {
    const { tls = this.#settings.tls, wait = this.#settings.wait, ref = true } = options;
    return new Dial(this.#context, { tls, wait, ref }, lifetime);
  }

  /** Ends an open connection once the service has moved. */
  #recheck(connection: Connection, every: number, { tls = this.#settings.tls }: DialOptions): void {
    const { socket } = connection;
    if (socket.destroyed) return;
    // Not the connection: its socket may close long before the others.
    const endpoint = endpointOf(connection);
    const key = keyOf({ ...endpoint, tls });
    let recheck = this.#rechecks.get(key);
    if (recheck === undefined) {
      const { name, clock } = this.#settings;
      const quiet = { ref: false };
      recheck = new Recheck({
        name,
        endpoint,
        clock,
        every,
        lifetime: this.#lifetime,
        isListed: async (open) =>
          this.#call(quiet, open, (call) => isListed(this.#sources, endpoint, call)),
        dial: async (open) =>
          this.#call(quiet, open, (call) =>
            this.#newDial({ tls, wait: false, ...quiet }, call).run(),
          ),
        redial: async (open) =>
          this.#call({ timeout: ANSWERS_WITHIN, ...quiet }, open, (call) =>
            connectTo(endpoint, { ...this.#settings, tls, ...quiet }, call),
          ),
      });
      this.#rechecks.set(key, recheck);
      recheck.lifetime.onEnd(() => this.#rechecks.delete(key));
    }
    recheck.add(socket);
  }

  watch(listener: (targets: SrvTarget[]) => void): () => void {
    if (typeof listener !== "function") throw invalidArg("listener", listener, "a function");
    if (this.#lifetime.reason !== undefined) throw this.#closedError();
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

  [Symbol.dispose](): void {
    this.close();
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

  async #call<T>(
    options: DialOptions,
    caller: Lifetime | undefined,
    work: (lifetime: Lifetime) => Promise<T>,
  ): Promise<T> {
    const lifetime = this.#begin(options, caller);
    try {
      return await work(lifetime);
    } finally {
      lifetime.end(OVER);
    }
  }

  /** The lifetime of a call: its deadline, its caller or the dialer ends it. */
  #begin({ signal, timeout, ref = true }: DialOptions, caller: Lifetime | undefined): Lifetime {
    if (this.#lifetime.reason !== undefined) throw this.#closedError();
    // Its shape is enough, as for Node.js: a polyfilled signal is accepted.
    const isSignal = signal?.aborted !== undefined && typeof signal.addEventListener === "function";
    if (signal !== undefined && !isSignal) throw invalidArg("signal", signal, "an AbortSignal");
    const { clock, timeout: ofDialer } = this.#settings;
    const ms = checkMilliseconds("timeout", timeout, ofDialer, 1);
    const lifetime = deadline(ms, clock, { ref });
    lifetime.endWith(this.#lifetime);
    if (caller !== undefined) lifetime.endWith(caller);
    if (signal !== undefined) lifetime.endWithSignal(signal, aborted);
    return lifetime;
  }

  /** Milliseconds until the first cached answer expires: its replacement may take precedence over the one in use. */
  #nextReading(): number {
    const kept = this.#sources.map(({ expiresIn }) => expiresIn).filter((ms) => ms > 0);
    const expiry = kept.length === 0 ? 0 : Math.min(...kept);
    return Math.max(expiry, this.#settings.cache.minTtl, MIN_WATCH_INTERVAL);
  }

  #closedError(): SrvDialError {
    return new SrvDialError("ERR_SRV_CLOSED", `The dialer of ${this.name} is closed`, {
      hostname: this.name,
    });
  }
}
