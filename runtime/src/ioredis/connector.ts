import { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { toError } from "../base/errors.ts";
import { Lifetime, ABORTED } from "../base/lifetime.ts";
import type { DialOptions, Dialer } from "../dialer/dialer.ts";
import { type ClientOptions, deadlineOf, familyOf, srvNameOf, tlsOf } from "./client-options.ts";
import { Dialers, type SrvConnectorOptions } from "./dialers.ts";

/** The `Connector` option of a client. @typeParam C the connector's class in the types of the client */
export interface ConnectorClass<C> {
  /**
   * Called by the client, with its options.
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for `path`, `sentinels`, and a `host` that is not an SRV name
   */
  new (options: unknown): C;
  /**
   * Ends pending dials with ERR_SRV_CLOSED, and clears the cache. Open connections stay; clients can connect again.
   * @throws none
   */
  close(): void;
}

/** See `srvConnector` of the entries. */
export function connectorClass<C>(options: SrvConnectorOptions = {}): ConnectorClass<C> {
  const dialers = new Dialers(options);
  const created = class SrvConnector extends DialerConnector {
    static readonly close = (): void => dialers.close();

    constructor(clientOptions: unknown) {
      super(clientOptions as ClientOptions, dialers);
    }
  };
  // The clients' own classes have private members, so no other class has their type.
  return created as object as ConnectorClass<C>;
}

/** Has the members that ioredis and iovalkey use of a connector. It imports neither of them. */
class DialerConnector {
  /** Why the last connection failed: the client emits it as `error`. */
  firstError?: Error;
  stream?: Socket;
  readonly #disconnectTimeout: number;
  readonly #findDialer: () => Dialer;
  readonly #options: DialOptions;
  /** Kept, so that its cache is still there when the client connects again. */
  #dialer: Dialer;
  #pending: Lifetime | undefined;

  constructor(client: ClientOptions, dialers: Dialers) {
    // In ms, with the default of ioredis.
    this.#disconnectTimeout = client.disconnectTimeout ?? 2_000;
    const name = srvNameOf(client);
    const family = familyOf(client);
    this.#options = {
      timeout: deadlineOf(client, dialers.options),
      tls: tlsOf(client, dialers.options),
    };
    this.#findDialer = () => dialers.of(name, family);
    this.#dialer = this.#findDialer();
  }

  /** Called once Redis is ready. @returns whether the client may use it */
  check(): boolean {
    return true;
  }

  /** Never rejects: the client would not retry. After a failure the socket is destroyed, and `firstError` says why. */
  async connect(): Promise<Socket> {
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

  disconnect(): void {
    this.#pending?.end(ABORTED);
    const { stream } = this;
    if (stream === undefined) return;
    const timer = setTimeout(() => stream.destroy(), this.#disconnectTimeout);
    stream.once("close", () => clearTimeout(timer)).end();
  }

  #keep(socket: Socket): Socket {
    this.stream = socket;
    socket.once("error", (error) => {
      if (this.stream === socket) this.firstError = error;
    });
    // Forget a closed stream: the client would wait for its end.
    socket.once("close", () => this.stream === socket && this.#forget());
    return socket;
  }

  /** Clears the results of the previous attempt. */
  #forget(): void {
    delete this.firstError;
    delete this.stream;
  }
}
