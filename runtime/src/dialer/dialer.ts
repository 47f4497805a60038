import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { firstAnswer } from "../answers/answers.ts";
import { Source, copiesOf } from "../answers/source.ts";
import { MIN_INTERVAL, UNCACHED_INTERVAL, Watch } from "../answers/watch.ts";
import { checkBoolean, checkMilliseconds, checkOptions, invalidArg } from "../base/checks.ts";
import { channels, printIfDebugging } from "../base/diagnostics.ts";
import { SrvDialError } from "../base/errors.ts";
import type { Settings } from "../base/settings.ts";
import { keyOf } from "../base/shared.ts";
import { Interruption, Lifetime, OVER, interruptionOf } from "../base/time.ts";
import type { ConnectOptions, SrvDialer, SrvDialerOptions, SrvTarget } from "../base/types.ts";
import { type Connection, connectTo, endpointOf } from "../dial/connection.ts";
import { Dial, type DialContext } from "../dial/dial.ts";
import { Cooldown, orderTargets } from "../dial/order.ts";
import { parseOptions } from "./options.ts";
import { Recheck, isListed } from "./recheck.ts";

/** How long in ms an old endpoint has to answer once its service answers at a new one. */
const ANSWERS_WITHIN = 1_000;
/** How long in ms a resolver after the first may take: a dial without `wait` ends when all have answered. */
const LATER_TIMEOUT = 5_000;

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

export interface DialOptions extends ConnectOptions {
  /** Overrides the dialer's own: the clients of a connector share a dialer, but not their TLS options. */
  readonly tls?: ConnectionOptions | undefined;
}

type To = Parameters<Settings["connect"]>[0];

/** How a call ends. */
interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
  /** Whether the call keeps the process alive. @default true */
  readonly ref?: boolean;
  /** Ends it too. */
  readonly caller?: Lifetime;
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
  readonly #rechecks = new Map<string, Recheck>();
  #isPrepared = false;

  constructor(settings: Settings) {
    printIfDebugging();
    this.name = settings.name;
    this.#settings = settings;
    const later = { ...settings, timeout: Math.min(settings.timeout, LATER_TIMEOUT) };
    this.#sources = settings.resolvers.map((resolver, rank) => {
      return new Source(rank === 0 ? settings : later, resolver, (isNews, isUnavailable) => {
        if (isNews) this.#context.outage?.changed(isUnavailable);
        // Without a cache a watch would ask again.
        if (settings.prefetch) this.#watches.forEach((watch) => watch.poke());
      });
    });
    const cooldown = new Cooldown(settings.clock);
    this.#context = { sources: this.#sources, cooldown };
  }

  async resolve(options: { signal?: AbortSignal; refresh?: boolean } = {}): Promise<SrvTarget[]> {
    checkOptions(options, ["signal", "refresh"]);
    const maxAge = checkBoolean("refresh", options.refresh) === true ? 0 : undefined;
    return this.#call({ signal: options.signal }, (lifetime) => this.#targets(lifetime, maxAge));
  }

  connect(options?: ConnectOptions): Promise<Socket> {
    const known = ["signal", "timeout", "wait"];
    return this.#open(options, ({ socket }) => socket, options && known);
  }

  /** Like `connect`, and also gives the endpoint. */
  dial(options?: DialOptions): Promise<Connection> {
    return this.#open(options, (connection) => connection);
  }

  /** Its promise is the caller's: until it is resolved, an abort and `close` win. */
  async #open<T>(
    options: DialOptions = {},
    result: (connection: Connection) => T,
    known?: readonly string[],
  ): Promise<T> {
    const { name } = this;
    const { clock, recheck } = this.#settings;
    const started = clock.now();
    let lifetime: Lifetime | undefined;
    try {
      if (known !== undefined) checkOptions(options, known);
      if (options.wait !== undefined) checkBoolean("wait", options.wait);
      lifetime = this.#begin(options);
      const dial = new Dial(this.#context, this.#settingsOf(options), lifetime);
      const connection = await dial.run();
      if (channels.connect.hasSubscribers) {
        const duration = clock.now() - started;
        channels.connect.publish({ name, ...endpointOf(connection), duration });
      }
      const interruption = interruptionOf(lifetime);
      // A connection to a server that is not ready is handed over at the deadline.
      if (interruption !== undefined && interruption.code !== "ERR_SRV_TIMEOUT") {
        connection.socket.destroy();
        throw dial.interrupted() ?? interruption;
      }
      if (!this.#isPrepared) this.#prepare();
      if (recheck !== undefined) this.#recheck(connection, recheck, options);
      return result(connection);
    } catch (error) {
      const duration = clock.now() - started;
      channels.failure.publish({ name, error: error as SrvDialError, duration });
      throw error;
    } finally {
      lifetime?.end(OVER);
    }
  }

  /** The first connection has not waited for it. */
  #prepare(): void {
    this.#isPrepared = true;
    for (const resolver of this.#settings.resolvers) {
      (async () => resolver.prepare?.(this.name))().catch(() => {});
    }
  }

  #settingsOf({ tls = this.#settings.tls, wait = this.#settings.wait }: DialOptions): Settings {
    return { ...this.#settings, tls, wait };
  }

  /** Ends an open connection once the service has moved. */
  #recheck(connection: Connection, every: number, options: DialOptions): void {
    const { socket } = connection;
    if (socket.destroyed) return;
    const { connect, ...given } = this.#settingsOf(options);
    // Not the connection: its socket may close long before the others.
    const endpoint = endpointOf(connection);
    const key = keyOf({ ...endpoint, tls: given.tls });
    let recheck = this.#rechecks.get(key);
    if (recheck === undefined) {
      // Its connections do not keep the process alive either.
      const settings = { ...given, wait: false, connect: (to: To) => connect(to).unref() };
      const call = <T>(work: (lifetime: Lifetime) => Promise<T>, timeout?: number) => {
        return (caller: Lifetime) => this.#call({ caller, timeout, ref: false }, work);
      };
      recheck = new Recheck(every, endpoint, settings, this.#lifetime, {
        isListed: call((lifetime) => isListed(this.#sources, endpoint, given.clock, lifetime)),
        dial: call((lifetime) => new Dial(this.#context, settings, lifetime).run()),
        redial: call((lifetime) => connectTo(endpoint, settings, lifetime), ANSWERS_WITHIN),
      });
      this.#rechecks.set(key, recheck);
      recheck.lifetime.onEnd(() => this.#rechecks.delete(key));
    }
    recheck.add(socket);
  }

  watch(listener: (targets: SrvTarget[]) => void): () => void {
    if (typeof listener !== "function") throw invalidArg("listener", listener, "a function");
    if (this.#lifetime.reason !== undefined) throw this.#closedError();
    const { clock } = this.#settings;
    const watch = new Watch({
      read: (caller) => this.#call({ caller, ref: false }, (lifetime) => this.#targets(lifetime)),
      nextIn: () => this.#nextReading(),
      listener,
      clock,
    });
    this.#watches.add(watch);
    watch.poke();
    return () => {
      watch.stop();
      this.#watches.delete(watch);
    };
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

  /** @param maxAge ms; cached answers are used only when they are younger. @default their TTL */
  async #targets(lifetime: Lifetime, maxAge?: number): Promise<SrvTarget[]> {
    const { name } = this;
    const { clock, random } = this.#settings;
    try {
      const inquiry = { name, sources: this.#sources, clock, lifetime };
      const { source, targets, origin } = await firstAnswer(inquiry, maxAge);
      if (origin === "stale") source.servesStale(targets);
      return copiesOf(orderTargets(targets, random));
    } catch (error) {
      const { code, message, cause } = interruptionOf(lifetime) ?? {};
      if (code === undefined) throw error;
      throw SrvDialError.of(code, `Resolving ${name} ${message}`, { hostname: name, cause });
    }
  }

  async #call<T>(options: CallOptions, work: (lifetime: Lifetime) => Promise<T>): Promise<T> {
    const lifetime = this.#begin(options);
    try {
      return await work(lifetime);
    } finally {
      lifetime.end(OVER);
    }
  }

  /** The lifetime of a call: its deadline, its caller or the dialer ends it. */
  #begin({ signal, timeout, ref = true, caller }: CallOptions): Lifetime {
    if (this.#lifetime.reason !== undefined) throw this.#closedError();
    // Its shape is enough, as for Node.js: a polyfilled signal is accepted.
    const isSignal = signal?.aborted !== undefined && typeof signal.addEventListener === "function";
    if (signal !== undefined && !isSignal) throw invalidArg("signal", signal, "an AbortSignal");
    const { clock, timeout: ofDialer } = this.#settings;
    const ms = timeout === undefined ? ofDialer : checkMilliseconds("timeout", timeout, 0, 1);
    const lifetime = new Lifetime();
    const late = () => new Interruption("ERR_SRV_TIMEOUT", `not done within ${ms} ms`);
    // Nothing but this timer keeps the process alive.
    lifetime.endAfter(ms, clock, late, { ref });
    lifetime.endWith(this.#lifetime);
    if (caller !== undefined) lifetime.endWith(caller);
    if (signal !== undefined) lifetime.endWithSignal(signal, aborted);
    return lifetime;
  }

  /** Milliseconds until the first cached answer expires: its replacement may take precedence over the one in use. */
  #nextReading(): number {
    const { minTtl, maxTtl } = this.#settings.cache;
    if (maxTtl === 0) return UNCACHED_INTERVAL;
    const kept = this.#sources.map(({ records }) => records.expiresIn).filter((ms) => ms > 0);
    const expiry = kept.length === 0 ? 0 : Math.min(...kept);
    return Math.max(expiry, minTtl, MIN_INTERVAL);
  }

  #closedError(): SrvDialError {
    const message = `The dialer of ${this.name} is closed`;
    return SrvDialError.of("ERR_SRV_CLOSED", message, { hostname: this.name });
  }
}

function aborted(cause: unknown): Interruption {
  return new Interruption("ERR_SRV_ABORTED", "aborted", cause);
}
