import { Socket } from "node:net";
import { AbstractConnector } from "ioredis";
import { toError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { aborted } from "../dial/deadline.ts";
import type { DialOptions, Dialer } from "../dial/dialer.ts";
import { type ClientOptions, deadlineOf, srvNameOf, tlsOf } from "./client-options.ts";
import { Dialers, type SrvConnectorOptions } from "./dialers.ts";

/** ioredis's own default, in ms. */
const DISCONNECT_TIMEOUT = 2_000;

/** What ioredis takes as its `Connector` option. */
export interface SrvConnectorClass {
  /**
   * Called by ioredis.
   * @param options of the client
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for `path`, `sentinels`, and a `host` that is no SRV name
   */
  new (options: unknown): AbstractConnector;
  /**
   * Ends what the class holds: pending dials fail with ERR_SRV_CLOSED, and answers are forgotten.
   * Open connections stay open. A client that connects later starts again.
   * @throws none
   */
  close(): void;
}

/**
 * Makes a `Connector` for ioredis whose `host` is an SRV name. All clients of one class share one
 * dialer, and so one cache, for each name. It lasts as long as its clients.
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
  /** Kept, so that its answers are there when the client connects again. */
  #dialer: Dialer;
  #pending: Lifetime | undefined;

  constructor(client: ClientOptions, dialers: Dialers) {
    super(client.disconnectTimeout ?? DISCONNECT_TIMEOUT);
    const name = srvNameOf(client);
    this.#options = {
      recheck: dialers.recheck,
      timeout: deadlineOf(client, dialers.options),
      tls: tlsOf(client, dialers.options),
    };
    this.#findDialer = () => dialers.of(name, client.family);
    this.#dialer = this.#findDialer();
  }

  /**
   * Never rejects, since ioredis would stop for good. A destroyed socket, with the reason in
   * `firstError`, makes it go on to its `retryStrategy`.
   */
  override async connect(): Promise<Socket> {
    const pending = new Lifetime();
    this.#pending = pending;
    this.connecting = true;
    this.#forget();
    // Another one, when the class was closed in the meantime.
    this.#dialer = this.#findDialer();
    try {
      const { socket } = await this.#dialer.dial(this.#options, pending);
      // A subscriber of a diagnostics channel hears of the connection first, and may disconnect.
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
    // A closed stream cannot be ended: ioredis would wait for it.
    socket.once("close", () => this.stream === socket && this.#forget());
    return socket;
  }

  /** Nothing of an earlier attempt may be taken for this one's. */
  #forget(): void {
    delete this.firstError;
    Reflect.deleteProperty(this, "stream");
  }
}
