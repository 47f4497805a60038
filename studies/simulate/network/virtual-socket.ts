import { EventEmitter } from "node:events";

/** What a server gets of a connection. */
export interface Peer {
  /** The client has sent something. */
  readonly onWrite: () => void;
  readonly onClose: () => void;
}

/** The client's end of a connection, with as much of `net.Socket` as the dialer uses. */
export class VirtualSocket extends EventEmitter {
  destroyed = false;
  peer: Peer | undefined;
  #received: Buffer | null = null;

  write(): boolean {
    this.peer?.onWrite();
    return true;
  }

  read(): Buffer | null {
    const received = this.#received;
    this.#received = null;
    return received;
  }

  /** The server answers. */
  receive(bytes: Buffer): void {
    if (this.destroyed) return;
    this.#received = bytes;
    this.emit("readable");
  }

  /** The network or the server ends it. */
  fail(error: Error): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("error", error);
    this.emit("close");
  }

  destroy(): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.peer?.onClose();
    queueMicrotask(() => this.emit("close"));
    return this;
  }
}
