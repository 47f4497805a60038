import { type AddressInfo, type Socket, isIP } from "node:net";
import { Duplex } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";
import type { TLSSocket } from "node:tls";
import { checkMilliseconds } from "../base/checks.ts";
import { toError } from "../base/errors.ts";

/** What is answered by the connection, and what it is until there is one, or without TLS. */
const OF_CONNECTION = {
  remoteAddress: undefined,
  remoteFamily: undefined,
  remotePort: undefined,
  localAddress: undefined,
  localFamily: undefined,
  localPort: undefined,
  bytesRead: 0,
  bytesWritten: 0,
  address: () => ({}),
  encrypted: false,
  authorized: false,
  authorizationError: null,
  alpnProtocol: null,
  getPeerCertificate: () => ({}),
  getProtocol: () => null,
} satisfies Partial<Record<keyof TLSSocket, unknown>>;

type Done = (error?: Error | null) => void;

/** The reason of an aborted dial. One for all: an error costs 10 µs, and each stream that closes has an end. */
const DESTROYED = /* @__PURE__ */ new Error("the stream was destroyed");

/**
 * A stream with the methods of `net.Socket`, for clients that need a socket immediately. It dials when `connect` is
 * called, or on the first read or write; destroying it ends the dial. Settings are applied to the connection once it
 * exists. The members of `tls.TLSSocket` are for connections with TLS. Created by `srvSocket`.
 *
 * @throws none; if the dial fails, there is an `error` event with its error
 * @see https://nodejs.org/api/net.html#class-netsocket
 */
export class SrvSocket extends Duplex {
  /** Set by `setTimeout`: ms without activity until the event `timeout`. @default none */
  timeout?: number;
  // As in `net.Socket` and `tls.TLSSocket`; without addresses, bytes and TLS until there is such a connection.
  declare readonly remoteAddress: string | undefined;
  declare readonly remoteFamily: string | undefined;
  declare readonly remotePort: number | undefined;
  declare readonly localAddress: string | undefined;
  declare readonly localFamily: string | undefined;
  declare readonly localPort: number | undefined;
  declare readonly bytesRead: number;
  declare readonly bytesWritten: number;
  declare readonly address: () => AddressInfo | {};
  declare readonly encrypted: boolean;
  declare readonly authorized: boolean;
  declare readonly authorizationError: Error | null;
  declare readonly alpnProtocol: TLSSocket["alpnProtocol"];
  declare readonly getPeerCertificate: (detailed?: boolean) => object;
  declare readonly getProtocol: () => string | null;
  readonly #dial: (signal: AbortSignal) => Promise<Socket>;
  /** Aborts the dial; undefined until it has begun. */
  #aborter: AbortController | undefined;
  #socket: Socket | undefined;
  readonly #settings: ((socket: Socket) => void)[] = [];
  /** The write or end that waits for the connection. Duplex calls one at a time. */
  #waiting: { readonly run: (socket: Socket) => void; readonly fail: Done } | undefined;
  /** Emits `timeout` during the dial. */
  #idleTimer: NodeJS.Timeout | undefined;

  static {
    for (const [name, otherwise] of Object.entries(OF_CONNECTION)) {
      const get = function (this: SrvSocket): unknown {
        const found: unknown = Reflect.get(this.#socket ?? {}, name);
        return typeof found === "function" ? found.bind(this.#socket) : (found ?? otherwise);
      };
      Object.defineProperty(this.prototype, name, { get, configurable: true });
    }
  }

  private constructor(dial: (signal: AbortSignal) => Promise<Socket>) {
    // As in net.Socket, `_destroy` emits `close`, with an argument.
    super({ allowHalfOpen: false, decodeStrings: false, emitClose: false });
    this.#dial = dial;
  }

  /** @internal @param dial called once; its signal is aborted when the stream is destroyed */
  static over(dial: (signal: AbortSignal) => Promise<Socket>): SrvSocket {
    return new SrvSocket(dial);
  }

  /** Dials. @param given ignored, except a function as the last one: it is called when connected @throws none */
  connect(...given: readonly unknown[]): this {
    const listener = given.at(-1);
    if (typeof listener === "function") this.once("connect", listener as () => void);
    this.#begin();
    return this;
  }

  /** True during the dial. */
  get connecting(): boolean {
    return this.#aborter !== undefined && this.pending && !this.destroyed;
  }

  /** True until there is a connection. */
  get pending(): boolean {
    return this.#socket === undefined;
  }

  /** Sets `TCP_NODELAY`. @param noDelay true by default @throws none */
  setNoDelay(noDelay?: boolean): this {
    return this.#set((socket) => socket.setNoDelay(noDelay));
  }

  /** Sets `SO_KEEPALIVE`. @param initialDelay ms of idle time before the first probe; 0 keeps the last one @throws none */
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    return this.#set((socket) => socket.setKeepAlive(enable, initialDelay));
  }

  /** Makes the connection keep the process alive, which is the default. @throws none */
  ref(): this {
    return this.#set((socket) => socket.ref());
  }

  /** Lets the process end with the connection open. A dial keeps it alive, at most until its deadline. @throws none */
  unref(): this {
    return this.#set((socket) => socket.unref());
  }

  /**
   * Emits the event `timeout` when nothing was received or sent for this time. Does not close anything.
   * @param timeout ms; 0 turns it off
   * @param listener added for the next event `timeout`; with 0 it is removed
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for a timeout that is not milliseconds
   */
  setTimeout(timeout: number, listener?: () => void): this {
    const ms = checkMilliseconds("timeout", timeout, 0, 0);
    this.timeout = ms;
    if (listener !== undefined) this[ms === 0 ? "off" : "once"]("timeout", listener);
    clearTimeout(this.#idleTimer);
    if (this.pending && ms > 0) {
      this.#idleTimer = setTimeout(() => this.emit("timeout"), ms).unref();
    }
    return this.#set((socket) => socket.setTimeout(ms));
  }

  /** Destroys the stream when everything is written. @throws none */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** @internal */
  override _read(): void {
    if (this.#socket === undefined) this.#begin();
    else this.#socket.resume();
  }

  /** @internal Also called for a single chunk. */
  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
    // Half-open under a client's own TLS: else its last message would fail, and unread data be lost.
    if (chunks.some(({ chunk }) => isClientHello(chunk))) this.allowHalfOpen = true;
    this.#whenConnected((socket) => {
      socket.cork();
      for (const [at, { chunk, encoding }] of chunks.entries()) {
        socket.write(chunk as string, encoding, at === chunks.length - 1 ? done : undefined);
      }
      socket.uncork();
    }, done);
  }

  /** @internal */
  override _final(done: Done): void {
    if (this.#aborter) return this.#whenConnected((socket) => socket.end(done), done);
    this.#ended();
    done();
  }

  /** @internal */
  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#idleTimer);
    this.#aborter?.abort(DESTROYED);
    this.#waiting?.fail(error ?? new Error("closed before it was connected"));
    this.#waiting = undefined;
    const closed = (): void => {
      done(error);
      process.nextTick(() => this.emit("close", error !== null));
    };
    if (this.#socket?.closed ?? true) return closed();
    this.#socket?.once("close", closed).destroy();
  }

  #begin(): void {
    if (this.#aborter !== undefined || this.destroyed) return;
    this.#aborter = new AbortController();
    this.#dial(this.#aborter.signal)
      .then((socket) => this.#join(socket))
      .catch((error: unknown) => this.destroy(toError(error)));
  }

  #join(socket: Socket): void {
    if (this.destroyed) return void socket.destroy();
    if (socket.destroyed) throw new Error("closed before it was connected");
    this.#socket = socket;
    clearTimeout(this.#idleTimer);
    for (const set of this.#settings) set(socket);
    // This stream decides when to end, not the socket.
    socket.allowHalfOpen = true;
    socket.on("data", (chunk) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.#ended());
    socket.on("timeout", () => this.emit("timeout"));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => {
      if (!socket.readableEnded) this.destroy();
    });
    // Outside the dial's promise: an error in a listener is an uncaught exception, as with net.Socket.
    process.nextTick(() => this.#emitConnected(socket));
  }

  #emitConnected(socket: Socket): void {
    if (this.destroyed) return;
    const { remoteAddress = "" } = socket;
    try {
      // Some clients, such as got, have a deadline that ends only with this event.
      this.emit("lookup", null, remoteAddress, isIP(remoteAddress), remoteAddress);
      this.emit("connect");
      this.emit("ready");
      if (this.encrypted && !this.destroyed) this.emit("secureConnect");
    } finally {
      this.#waiting?.run(socket);
      this.#waiting = undefined;
    }
  }

  #ended(): void {
    this.push(null);
    // Emit the end also for an idle client, which does not read.
    this.read(0);
  }

  #set(setting: (socket: Socket) => void): this {
    if (this.#socket === undefined) this.#settings.push(setting);
    else setting(this.#socket);
    return this;
  }

  #whenConnected(run: (socket: Socket) => void, fail: Done): void {
    if (this.#socket !== undefined) return run(this.#socket);
    this.#waiting = { run, fail };
    this.#begin();
  }
}

/** The start of a TLS connection (RFC 8446, sections 5.1 and 4). */
function isClientHello(chunk: unknown): boolean {
  return chunk instanceof Uint8Array && chunk[0] === 0x16 && chunk[1] === 0x03 && chunk[5] === 0x01;
}
