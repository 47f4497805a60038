import { EventEmitter } from "node:events";

/** Callbacks of the server for a connection. */
export interface Peer {
  /** The client has sent something. */
  readonly onWrite: () => void;
  readonly onClose: () => void;
}

/** The client's end of a connection, with the members of `net.Socket` that the dialer uses. */
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

  /** Delivers bytes from the server. */
  receive(bytes: Buffer): void {
    if (this.destroyed) return;
    this.#received = bytes;
    this.emit("readable");
  }

  /** Ends it with an error from the network or the server. */
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
