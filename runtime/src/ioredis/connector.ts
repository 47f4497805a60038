import { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { checkOptions, invalidArg } from "../base/checks.ts";
import { toError } from "../base/errors.ts";
import { canonicalName } from "../base/name.ts";
import { Shared } from "../base/shared.ts";
import type { Family, SrvDialerOptions, SrvVerify } from "../base/types.ts";
import { type DialOptions, Dialer } from "../dialer/dialer.ts";
import type { Settings } from "../base/settings.ts";
import { DIALER_OPTIONS, parseOptions } from "../dialer/options.ts";
import { RECHECK } from "../dialer/recheck.ts";
import { verifyRedis } from "../redis/verify.ts";
import { type ClientOptions, deadlineOf, familyOf, srvNameOf, tlsOf } from "./client-options.ts";

/** Options of `srvConnector`, and the third argument of `createRedis`. `wait` is true by default. */
export interface SrvConnectorOptions extends Omit<SrvDialerOptions, "verify"> {
  /**
   * Whether to send PING before a socket is used: the attempt fails if another service now uses the port, or if Redis
   * refuses the client. Or a check of your own. @default true
   */
  verify?: boolean | SrvVerify;
  /**
   * Deadline of a dial in ms, `verify` included. The smaller of this and the client's `connectTimeout` applies.
   * @default the client's `connectTimeout` (10000 by default); 10000 if that is 0
   */
  timeout?: number;
  /** IP versions to dial. @default the client's `family` */
  family?: Family;
}

/** The `Connector` option of a client. @typeParam C the connector's class in the types of the client */
export interface ConnectorClass<C> {
  /**
   * Called by the client, with its options.
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for `path`, `sentinels`, and a `host` that is not an SRV name
   */
  new (options: unknown): C;
  /** Ends pending dials with ERR_SRV_CLOSED, and clears the cache. Open connections stay; clients can connect again. */
  close(): void;
}

/** See `srvConnector` of the entries. */
export function connectorClass<C>(given: SrvConnectorOptions = {}): ConnectorClass<C> {
  checkOptions(given, DIALER_OPTIONS);
  const { verify: givenVerify, wait = true, recheck = RECHECK, ...others } = given;
  const verify = verifyOf(givenVerify);
  const options = { ...others, wait, recheck };
  parseOptions("name", options);
  /** One for each name and IP version. */
  const dialers = new Shared<Dialer>();

  const created = class SrvConnector extends DialerConnector {
    static close(): void {
      for (const dialer of dialers.clear()) dialer.close();
    }

    constructor(clientOptions: unknown) {
      const client = clientOptions as ClientOptions;
      const name = srvNameOf(client);
      // Node.js and ioredis have 0 for both.
      const family = options.family ?? (familyOf(client) || "both");
      const dialer = (): Dialer =>
        dialers.of(`${canonicalName(name)} ${family}`, () => {
          return new Dialer({ ...parseOptions(name, { ...options, family }), verify });
        });
      const dialOptions = { timeout: deadlineOf(client, options), tls: tlsOf(client, options) };
      super(dialer, dialOptions, client.disconnectTimeout);
    }
  };
  // The clients' own classes have private members, so no other class has their type.
  return created as object as ConnectorClass<C>;
}

function verifyOf(verify: SrvConnectorOptions["verify"] = true): Settings["verify"] {
  if (typeof verify === "function") return verify;
  if (typeof verify === "boolean") return verify ? verifyRedis : undefined;
  throw invalidArg("verify", verify, "a boolean, or a function that checks a socket");
}

/** Has the members that ioredis and iovalkey use of a connector. It imports neither of them. */
class DialerConnector {
  /** Why the last connection failed: the client emits it as `error`. */
  firstError?: Error;
  stream?: Socket;
  readonly #dialer: () => Dialer;
  readonly #options: DialOptions;
  readonly #disconnectTimeout: number;
  #pending: AbortController | undefined;

  /** @param disconnectTimeout ms, with the default of ioredis */
  constructor(dialer: () => Dialer, options: DialOptions, disconnectTimeout = 2_000) {
    this.#dialer = dialer;
    this.#options = options;
    this.#disconnectTimeout = disconnectTimeout;
    // Wrong options of the client fail now.
    dialer();
  }

  /** Called once Redis is ready. @returns whether the client may use it */
  check(): boolean {
    return true;
  }

  /** Never rejects: the client would not retry. After a failure the socket is destroyed, and `firstError` says why. */
  async connect(): Promise<Socket> {
    const pending = new AbortController();
    this.#pending = pending;
    this.#forget();
    try {
      const { signal } = pending;
      const { socket } = await this.#dialer().dial({ ...this.#options, signal });
      // A subscriber of a diagnostics channel may have disconnected the client already.
      return signal.aborted ? socket.destroy() : this.#keep(socket);
    } catch (error) {
      if (!pending.signal.aborted) this.firstError = toError(error);
      return new Socket().destroy();
    }
  }

  disconnect(): void {
    this.#pending?.abort();
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
