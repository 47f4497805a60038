import { type AddressInfo, type Socket, isIP } from "node:net";
import { Duplex } from "node:stream";
import { MAX_TIMER, checkMilliseconds } from "../base/checks.ts";
import { systemClock } from "../base/clock.ts";
import { toError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { reset } from "../base/reset.ts";
import type { Connection } from "../dial/attempt.ts";
import { aborted } from "../dial/deadline.ts";

type Done = (error?: Error | null) => void;

/** A write, or the end, that waits for the connection. */
interface Waiting {
  readonly run: (socket: Socket) => void;
  readonly fail: (error: Error) => void;
}

/**
 * A stream for clients that want a socket at once. It dials when `connect` is called, else when it is
 * first read or written, and has the methods of `net.Socket`. A client that destroys it ends the dial. What
 * is set before there is a connection is set on it. Made by `srvSocket`.
 *
 * @throws none; a dial that fails is an `error` event with an SrvDialError
 * @see https://nodejs.org/api/net.html#class-netsocket
 * @example
 * import { srvSocket } from "srv-dialer/socket";
 *
 * const socket = srvSocket("dev-redis.dev-ecs").setNoDelay(true);
 * socket.on("error", (error) => console.error(error.message));
 * socket.connect(() => {
 *   console.log(socket.remotePort);
 *   socket.destroy();
 * });
 */
export class SrvSocket extends Duplex {
  /**
   * As of `net.Socket`: ms without activity until the event `timeout`, the time of the dial included.
   * @default none: set by `setTimeout`
   */
  timeout?: number;
  readonly #dial: (caller: Lifetime) => Promise<Connection>;
  readonly #lifetime = new Lifetime();
  #isBegun = false;
  #socket: Socket | undefined;
  #isRef = true;
  /** Keeps the process alive during the dial, which does not do so itself. */
  #dialTimer: NodeJS.Timeout | undefined;
  /** What the client has set before there was a connection. */
  readonly #settings: ((socket: Socket) => void)[] = [];
  readonly #waiting: Waiting[] = [];
  #clearTimer: (() => void) | undefined;

  /**
   * @internal
   * @param dial called once, keeps no process alive; the lifetime ends when the stream is destroyed
   */
  constructor(dial: (caller: Lifetime) => Promise<Connection>) {
    super({ allowHalfOpen: false, decodeStrings: false });
    this.#dial = dial;
  }

  /**
   * Dials. Where to is known: port, host and options that a client gives are ignored.
   * @param given a function among them, the last, is called once it is connected
   * @throws none
   */
  connect(...given: readonly unknown[]): this {
    const listener = given.at(-1);
    if (typeof listener === "function") this.once("connect", listener as () => void);
    this.#begin();
    return this;
  }

  /** The dial is under way. */
  get connecting(): boolean {
    return this.#isBegun && this.pending && !this.destroyed;
  }

  /** There is no connection yet. */
  get pending(): boolean {
    return this.#socket === undefined;
  }

  /** As of `net.Socket`; `"closed"` before it dials. */
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

  /** The IP address that it is connected from; undefined before there is a connection. */
  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  /** The TCP port that it is connected from; undefined before there is a connection. */
  get localPort(): number | undefined {
    return this.#socket?.localPort;
  }

  /** How many bytes were received; 0 before there is a connection. */
  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  /** How many bytes were sent; 0 before there is a connection. */
  get bytesWritten(): number {
    return this.#socket?.bytesWritten ?? 0;
  }

  /** Where it is connected from; `{}` before there is a connection. @throws none */
  address(): AddressInfo | {} {
    return this.#socket?.address() ?? {};
  }

  /** `TCP_NODELAY`. @param noDelay true unless given @throws none */
  setNoDelay(noDelay?: boolean): this {
    return this.#set((socket) => socket.setNoDelay(noDelay));
  }

  /**
   * `SO_KEEPALIVE`.
   * @param enable false unless given
   * @param initialDelay ms of idle time before the first probe; 0 or none leaves it as it is
   * @throws none
   */
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    return this.#set((socket) => socket.setKeepAlive(enable, initialDelay));
  }

  /** The dial and the connection keep the process alive, as they do at first. @throws none */
  ref(): this {
    this.#isRef = true;
    (this.#socket ?? this.#dialTimer)?.ref();
    return this;
  }

  /** Neither the dial nor the connection keeps the process alive. @throws none */
  unref(): this {
    this.#isRef = false;
    (this.#socket ?? this.#dialTimer)?.unref();
    return this;
  }

  /**
   * Emits the event `timeout` once nothing was received or sent for so long. Nothing is closed.
   * @param timeout ms; 0 ends it
   * @param listener of the next event `timeout`; with 0 it is removed
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for a timeout that is not milliseconds
   */
  setTimeout(timeout: number, listener?: () => void): this {
    this.timeout = checkMilliseconds("timeout", timeout, 0, 0);
    if (listener !== undefined && timeout === 0) this.off("timeout", listener);
    else if (listener !== undefined) this.once("timeout", listener);
    this.#clearTimer?.();
    if (this.#socket !== undefined) this.#socket.setTimeout(timeout);
    else if (timeout > 0) {
      this.#clearTimer = systemClock.setTimeout(() => this.emit("timeout"), timeout);
    }
    return this;
  }

  /** Destroys it once all is written. @throws none */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Ends the connection with a TCP reset, and the dial. Over TLS it is closed without a word. @throws none */
  resetAndDestroy(): this {
    if (this.#socket !== undefined) reset(this.#socket);
    return this.destroy();
  }

  /** @internal */
  override _read(): void {
    if (this.#socket === undefined) this.#begin();
    else this.#socket.resume();
  }

  /** @internal */
  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    this.#noteTls(chunk);
    this.#whenConnected((socket) => socket.write(chunk as string, encoding, done), done);
  }

  /** @internal */
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
    // Nothing was dialed, and nothing will be.
    this.#ended();
    done();
  }

  /** @internal */
  override _destroy(error: Error | null, done: Done): void {
    this.#clearTimer?.();
    clearTimeout(this.#dialTimer);
    this.#lifetime.end(aborted());
    const reason = error ?? new Error("closed before it was connected");
    for (const { fail } of this.#waiting.splice(0)) fail(reason);
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return done(error);
    socket.once("close", () => done(error));
    socket.destroy();
  }

  /** The connection beneath, once there is one. */
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

  /** From now on it is this connection. */
  #join(connection: Connection): void {
    const { socket } = connection;
    if (this.destroyed) return void socket.destroy();
    this.#socket = socket;
    this.#clearTimer?.();
    clearTimeout(this.#dialTimer);
    if (this.#isRef) socket.ref();
    else socket.unref();
    for (const set of this.#settings) set(socket);
    if (this.timeout !== undefined) socket.setTimeout(this.timeout);
    // When this stream ends is decided above, not beneath.
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
    // Outside of the dial's promise: an error of a listener is an uncaught exception, as of net.Socket.
    process.nextTick(() => this.#tellConnected(connection));
  }

  #tellConnected({ socket, host, address }: Connection): void {
    if (this.destroyed) return;
    try {
      // Some clients, such as got, have a deadline that only this event ends.
      this.emit("lookup", null, address, isIP(address), host);
      this.emit("connect");
      this.emit("ready");
    } finally {
      for (const { run } of this.#waiting.splice(0)) run(socket);
    }
  }

  #ended(): void {
    this.push(null);
    // An idle client does not read, and is to hear of the end all the same.
    this.read(0);
  }

  /**
   * TLS that a client speaks over it ends it by itself, after a last word to the server. Ended before, it would fail
   * at that, and lose what is not read yet.
   */
  #noteTls(chunk: unknown): void {
    if (chunk instanceof Uint8Array && isClientHello(chunk)) this.allowHalfOpen = true;
  }

  #set(setting: (socket: Socket) => void): this {
    if (this.#socket === undefined) this.#settings.push(setting);
    else setting(this.#socket);
    return this;
  }

  #whenConnected(run: (socket: Socket) => void, fail: Done): void {
    if (this.#socket !== undefined) return run(this.#socket);
    this.#waiting.push({ run, fail });
    this.#begin();
  }
}

/** Whether bytes begin as TLS does: a record of a handshake, a ClientHello (RFC 8446, sections 5.1 and 4). */
function isClientHello(bytes: Uint8Array): boolean {
  return bytes[0] === 0x16 && bytes[1] === 0x03 && bytes[2] === 0x01 && bytes[5] === 0x01;
}
