import { type AddressInfo, type Socket, isIP } from "node:net";
import { Duplex } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";
import { TLSSocket } from "node:tls";
import { MAX_TIMER, checkMilliseconds } from "../base/checks.ts";
import { toError } from "../base/errors.ts";
import { Lifetime, ABORTED } from "../base/lifetime.ts";
import { reset } from "../base/reset.ts";
import type { Connection } from "../dial/connection.ts";

type Done = (error?: Error | null) => void;

/**
 * A stream with the methods of `net.Socket`, for clients that need a socket immediately. It dials when `connect` is
 * called, or on the first read or write; destroying it ends the dial. Settings are applied to the connection once it
 * exists. Created by `srvSocket`.
 *
 * @throws none; if the dial fails, there is an `error` event with an SrvDialError
 * @see https://nodejs.org/api/net.html#class-netsocket
 */
export class SrvSocket extends Duplex {
  /** Set by `setTimeout`: ms without activity until the event `timeout`. @default none */
  timeout?: number;
  readonly #dial: (caller: Lifetime) => Promise<Connection>;
  readonly #lifetime = new Lifetime();
  #isBegun = false;
  #socket: Socket | undefined;
  #isRef = true;
  /** Keeps the process alive during the dial, as the dial itself does not. */
  #dialTimer: NodeJS.Timeout | undefined;
  readonly #settings: ((socket: Socket) => void)[] = [];
  /** The write or end that waits for the connection. Duplex calls one at a time. */
  #waiting: { readonly run: (socket: Socket) => void; readonly fail: Done } | undefined;
  /** Emits `timeout` during the dial. */
  #idleTimer: NodeJS.Timeout | undefined;

  /** @internal `dial` is called once, must not keep the process alive, and ends when the stream is destroyed. */
  constructor(dial: (caller: Lifetime) => Promise<Connection>) {
    // As in net.Socket, `_destroy` emits `close`, with an argument.
    super({ allowHalfOpen: false, decodeStrings: false, emitClose: false });
    this.#dial = dial;
  }

  /**
   * Dials. Port, host and options that a client gives are ignored.
   * @param given if the last one is a function, it is called when the stream is connected
   * @throws none
   */
  connect(...given: readonly unknown[]): this {
    const listener = given.at(-1);
    if (typeof listener === "function") this.once("connect", listener as () => void);
    this.#begin();
    return this;
  }

  /** True during the dial. */
  get connecting(): boolean {
    return this.#isBegun && this.pending && !this.destroyed;
  }

  /** True until there is a connection. */
  get pending(): boolean {
    return this.#socket === undefined;
  }

  /** As in `net.Socket`; `"closed"` before the dial. */
  get readyState(): Socket["readyState"] {
    if (this.connecting) return "opening";
    if (this.pending || !(this.readable || this.writable)) return "closed";
    if (this.readable && this.writable) return "open";
    return this.readable ? "readOnly" : "writeOnly";
  }

  /** The target's IP address; undefined before there is a connection. */
  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /** `"IPv4"` or `"IPv6"`; undefined before there is a connection. */
  get remoteFamily(): string | undefined {
    return this.#socket?.remoteFamily;
  }

  /** The target's TCP port; undefined before there is a connection. */
  get remotePort(): number | undefined {
    return this.#socket?.remotePort;
  }

  /** The local IP address; undefined before there is a connection. */
  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  /** The local TCP port; undefined before there is a connection. */
  get localPort(): number | undefined {
    return this.#socket?.localPort;
  }

  /** `"IPv4"` or `"IPv6"`; undefined before there is a connection. */
  get localFamily(): string | undefined {
    return this.#socket?.localFamily;
  }

  /** Number of received bytes; 0 before there is a connection. */
  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  /** Number of sent bytes; 0 before there is a connection. */
  get bytesWritten(): number {
    return this.#socket?.bytesWritten ?? 0;
  }

  /** The local address and port; `{}` before there is a connection. @throws none */
  address(): AddressInfo | {} {
    return this.#socket?.address() ?? {};
  }

  /** Sets `TCP_NODELAY`. @param noDelay true by default @throws none */
  setNoDelay(noDelay?: boolean): this {
    return this.#set((socket) => socket.setNoDelay(noDelay));
  }

  /**
   * Sets `SO_KEEPALIVE`.
   * @param enable false by default
   * @param initialDelay ms of idle time before the first probe; 0 or none does not change it
   * @throws none
   */
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    return this.#set((socket) => socket.setKeepAlive(enable, initialDelay));
  }

  /** Makes the dial and the connection keep the process alive, which is the default. @throws none */
  ref(): this {
    this.#isRef = true;
    (this.#socket ?? this.#dialTimer)?.ref();
    return this;
  }

  /** Makes neither the dial nor the connection keep the process alive. @throws none */
  unref(): this {
    this.#isRef = false;
    (this.#socket ?? this.#dialTimer)?.unref();
    return this;
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
    if (listener !== undefined && ms === 0) this.off("timeout", listener);
    else if (listener !== undefined) this.once("timeout", listener);
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

  /** Ends the connection with a TCP reset, or the dial. A TLS connection is just closed. @throws none */
  resetAndDestroy(): this {
    if (this.#socket !== undefined) reset(this.#socket);
    return this.destroy();
  }

  /** @internal */
  override _read(): void {
    if (this.#socket === undefined) this.#begin();
    else this.#socket.resume();
  }

  /** @internal Also called for a single chunk. */
  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
    for (const { chunk } of chunks) this.#noteTls(chunk);
    const last = chunks.length - 1;
    this.#whenConnected((socket) => {
      socket.cork();
      chunks.forEach(({ chunk, encoding }, at) =>
        socket.write(chunk as string, encoding, at === last ? done : undefined),
      );
      socket.uncork();
    }, done);
  }

  /** @internal */
  override _final(done: Done): void {
    if (this.#isBegun) return this.#whenConnected((socket) => socket.end(done), done);
    this.#ended();
    done();
  }

  /** @internal */
  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#dialTimer);
    this.#lifetime.end(ABORTED);
    this.#waiting?.fail(error ?? new Error("closed before it was connected"));
    this.#waiting = undefined;
    const closed = (): void => {
      done(error);
      process.nextTick(() => this.emit("close", error !== null));
    };
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return closed();
    socket.once("close", closed);
    socket.destroy();
  }

  /** The underlying connection, once there is one. */
  protected get connection(): Socket | undefined {
    return this.#socket;
  }

  #begin(): void {
    if (this.#isBegun || this.destroyed) return;
    this.#isBegun = true;
    this.#dialTimer = setTimeout(() => {}, MAX_TIMER);
    if (!this.#isRef) this.#dialTimer.unref();
    this.#dial(this.#lifetime).then(
      (connection) => this.#join(connection),
      (error: unknown) => this.destroy(toError(error)),
    );
  }

  #join(connection: Connection): void {
    const { socket } = connection;
    if (this.destroyed) return void socket.destroy();
    this.#socket = socket;
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#dialTimer);
    // A dial for this stream has unref'ed it.
    if (this.#isRef) socket.ref();
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
    process.nextTick(() => this.#emitConnected(connection));
  }

  #emitConnected({ socket, host, address }: Connection): void {
    if (this.destroyed) return;
    try {
      // Some clients, such as got, have a deadline that ends only with this event.
      this.emit("lookup", null, address, isIP(address), host);
      this.emit("connect");
      this.emit("ready");
      if (socket instanceof TLSSocket && !this.destroyed) this.emit("secureConnect");
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

  /** Keeps a stream under a client's own TLS half-open: else its last message would fail, and unread data be lost. */
  #noteTls(chunk: unknown): void {
    if (!(chunk instanceof Uint8Array)) return;
    // The start of a TLS ClientHello (RFC 8446, sections 5.1 and 4).
    if (chunk[0] === 0x16 && chunk[1] === 0x03 && chunk[5] === 0x01) this.allowHalfOpen = true;
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
