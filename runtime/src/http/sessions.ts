import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { SrvDialerOptions } from "../base/types.ts";

/** The default of `maxCachedSessions` in Node's `https.Agent` and in undici. */
const MAX_SESSIONS = 100;

/** TLS sessions, which make later handshakes shorter, as in Node's `https.Agent` and in undici. */
export class Sessions {
  readonly #resumes: boolean;
  /** By key, the oldest first. */
  readonly #cached = new Map<string, Buffer>();

  constructor({ servername }: SrvDialerOptions) {
    // A session is only for the name it was checked for (RFC 8446, section 4.6.1).
    this.#resumes = servername !== "target";
  }

  /** Makes a connection that resumes the last session of its key, which stands for a server and TLS options. */
  async use<T extends { readonly socket: Socket }>(
    key: string,
    tls: ConnectionOptions,
    connect: (tls: ConnectionOptions) => Promise<T>,
  ): Promise<T> {
    const session = this.#resumes ? this.#cached.get(key) : undefined;
    try {
      const connection = await connect(session === undefined ? tls : { session, ...tls });
      const socket = connection.socket as TLSSocket;
      // Sessions of TLS 1.3 come after the handshake, those of TLS 1.2 with it.
      if (socket.getProtocol() !== "TLSv1.3") this.#set(key, socket.getSession());
      socket.on("session", (after) => this.#set(key, after));
      return connection;
    } catch (error) {
      this.#cached.delete(key);
      throw error;
    }
  }

  #set(key: string, session: Buffer | undefined): void {
    this.#cached.delete(key);
    if (session !== undefined) this.#cached.set(key, session);
    const [oldest = ""] = this.#cached.keys();
    if (this.#cached.size > MAX_SESSIONS) this.#cached.delete(oldest);
  }
}
