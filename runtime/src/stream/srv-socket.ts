import type { AddressInfo, Socket } from "node:net";
import { Duplex } from "node:stream";
import { checkMilliseconds } from "../base/checks.ts";
import { toError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
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
 * first read or written, and has the methods of `net.Socket`. A client that destroys it ends the dial.
 */
export class SrvSocket extends Duplex {
  /** As of `net.Socket`: ms without activity until the event `timeout`, the time of the dial included. */
  timeout?: number;
  readonly #dial: (caller: Lifetime) => Promise<Connection>;
  readonly #lifetime = new Lifetime();
  #isBegun = false;
  #socket: Socket | undefined;
  /** What the client has set before there was a connection. */
  readonly #settings: ((socket: Socket) => void)[] = [];
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param dial called once; the lifetime ends when the stream is destroyed */
  constructor(dial: (caller: Lifetime) => Promise<Connection>) {
    super({ allowHalfOpen: false, decodeStrings: false });
    this.#dial = dial;
  }

  /** Dials. Where to is known: port, host and options that a client gives are ignored. */
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

  get readyState(): Socket["readyState"] {
    if (this.connecting) return "opening";
    if (this.pending || !(this.readable || this.writable)) return "closed";
    if (this.readable && this.writable) return "open";
    return this.readable ? "readOnly" : "writeOnly";
  }

  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  get remoteFamily(): string | undefined {
    return this.#socket?.remoteFamily;
  }

  get remotePort(): number | undefined {
    return this.#socket?.remotePort;
  }

  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  get localPort(): number | undefined {
    return this.#socket?.localPort;
  }

  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  get bytesWritten(): number {
    return this.#socket?.bytesWritten ?? 0;
  }

  address(): AddressInfo | {} {
    return this.#socket?.address() ?? {};
  }

  setNoDelay(noDelay?: boolean): this {
    return this.#set((socket) => socket.setNoDelay(noDelay));
  }

  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    return this.#set((socket) => socket.setKeepAlive(enable, initialDelay));
  }

  ref(): this {
    return this.#set((socket) => socket.ref());
  }

  unref(): this {
    return this.#set((socket) => socket.unref());
  }

  setTimeout(timeout: number, listener?: () => void): this {
    this.timeout = checkMilliseconds("timeout", timeout, 0, 0);
    if (listener !== undefined && timeout === 0) this.off("timeout", listener);
    else if (listener !== undefined) this.once("timeout", listener);
    clearTimeout(this.#timer);
    if (this.#socket !== undefined) this.#socket.setTimeout(timeout);
    else if (timeout > 0) this.#timer = setTimeout(() => this.emit("timeout"), timeout).unref();
    return this;
  }

  /** Destroys it once all is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  resetAndDestroy(): this {
    this.#socket?.resetAndDestroy();
    return this.destroy();
  }

  override _read(): void {
    if (this.#socket === undefined) this.#begin();
    else this.#socket.resume();
  }

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    this.#whenConnected((socket) => socket.write(chunk as string, encoding, done), done);
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
    const last = chunks.length - 1;
    this.#whenConnected((socket) => {
      socket.cork();
      chunks.forEach(({ chunk, encoding }, at) =>
        socket.write(chunk as string, encoding, at === last ? done : undefined),
      );
      socket.uncork();
    }, done);
  }

  override _final(done: Done): void {
    if (this.#isBegun) return this.#whenConnected((socket) => socket.end(done), done);
    // Nothing was dialed, and nothing will be.
    this.#ended();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#timer);
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
    this.#dial(this.#lifetime).then(
      ({ socket }) => this.#join(socket),
      (error: unknown) => this.destroy(toError(error)),
    );
  }

  /** From now on it is this connection. */
  #join(socket: Socket): void {
    if (this.destroyed) return void socket.destroy();
    this.#socket = socket;
    clearTimeout(this.#timer);
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
    this.emit("connect");
    this.emit("ready");
    for (const { run } of this.#waiting.splice(0)) run(socket);
  }

  #ended(): void {
    this.push(null);
    // An idle client does not read, and is to hear of the end all the same.
    this.read(0);
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
