import { Socket } from "node:net";
import { AbstractConnector } from "ioredis";
import { toError } from "../base/errors.ts";
import { Lifetime, aborted } from "../base/lifetime.ts";
import type { DialOptions, Dialer } from "../dial/dialer.ts";
import { type ClientOptions, deadlineOf, srvNameOf, tlsOf } from "./client-options.ts";
import { Dialers, type SrvConnectorOptions } from "./dialers.ts";

/** The default of ioredis, in ms. */
const DISCONNECT_TIMEOUT = 2_000;

/** The `Connector` option of ioredis. */
export interface SrvConnectorClass {
  /**
   * Called by ioredis.
   * @param options options of the client
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for `path`, `sentinels`, and a `host` that is not an SRV name
   */
  new (options: unknown): AbstractConnector;
  /**
   * Ends pending dials with ERR_SRV_CLOSED, and clears the cache. Open connections stay open. Clients can
   * still connect later, and then start from the beginning.
   * @throws none
   */
  close(): void;
}

/**
 * Creates a `Connector` for ioredis, with which `host` is an SRV name. For each name, all clients of one
 * class share a dialer, and so a cache. The dialer exists as long as its clients.
 *
 * A dial waits for Redis until its deadline, and then gives ioredis one error; `wait: false` makes one pass over
 * the targets, and leaves the pace of further dials to ioredis's `retryStrategy`.
 *
 * `new Redis({ Connector })` has ioredis's own `maxRetriesPerRequest` of 20: while Redis is away, a command waits for
 * 21 dials, about four minutes with ioredis 5, and nearly five with 6. Set it to 6, or set `commandTimeout`.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @example
 * import { Redis } from "ioredis";
 * import { srvConnector } from "srv-dialer/ioredis";
 *
 * const Connector = srvConnector({ timeout: 2_000, family: 4 });
 * const redis = new Redis({ host: "dev-redis.dev-ecs", Connector });
 * redis.on("error", (error) => console.error(error.message));
 * console.log(await redis.ping());
 * redis.disconnect();
 */
export function srvConnector(options: SrvConnectorOptions = {}): SrvConnectorClass {
  const dialers = new Dialers(options);
  return class SrvConnector extends DialerConnector {
    static close(): void {
      dialers.close();
    }

    constructor(clientOptions: unknown) {
      super(clientOptions as ClientOptions, dialers);
    }
  };
}

class DialerConnector extends AbstractConnector {
  readonly #findDialer: () => Dialer;
  readonly #options: DialOptions;
  /** Kept, so that its cache is still there when the client connects again. */
  #dialer: Dialer;
  #pending: Lifetime | undefined;

  constructor(client: ClientOptions, dialers: Dialers) {
    super(client.disconnectTimeout ?? DISCONNECT_TIMEOUT);
    const name = srvNameOf(client);
    this.#options = {
      timeout: deadlineOf(client, dialers.options),
      tls: tlsOf(client, dialers.options),
    };
    this.#findDialer = () => dialers.of(name, client.family);
    this.#dialer = this.#findDialer();
  }

  /**
   * Never rejects, as ioredis would then never retry. Instead it returns a destroyed socket, with the
   * reason in `firstError`, so that ioredis uses its `retryStrategy`.
   */
  override async connect(): Promise<Socket> {
    const pending = new Lifetime();
    this.#pending = pending;
    this.#forget();
    // A new dialer, if the class was closed in the meantime.
    this.#dialer = this.#findDialer();
    try {
      const { socket } = await this.#dialer.dial(this.#options, pending);
      // A subscriber of a diagnostics channel may have disconnected the client already.
      return pending.reason === undefined ? this.#keep(socket) : socket.destroy();
    } catch (error) {
      if (pending.reason === undefined) this.firstError = toError(error);
      return new Socket().destroy();
    }
  }

  override disconnect(): void {
    this.#pending?.end(aborted());
    super.disconnect();
  }

  #keep(socket: Socket): Socket {
    this.stream = socket;
    socket.once("error", (error) => {
      if (this.stream === socket) this.firstError = error;
    });
    // Forget a closed stream: ioredis would wait for its end.
    socket.once("close", () => this.stream === socket && this.#forget());
    return socket;
  }

  /** Clears the results of the previous attempt. */
  #forget(): void {
    delete this.firstError;
    Reflect.deleteProperty(this, "stream");
  }
}
