import type { Socket } from "node:net";
import { type ConnectionOptions, TLSSocket } from "node:tls";
import { isRecord, withoutUndefined } from "../base/checks.ts";
import type { SrvDialerOptions } from "../base/types.ts";

/** The default of `maxCachedSessions` in Node's `https.Agent` and in undici. */
const MAX_SESSIONS = 100;

/**
 * TLS options of one connection. HTTP clients use the URL's host if there is no servername; in that case
 * the dialer's own rule applies.
 *
 * @param servername from the Host header or the request; null and "" count as none
 * @param ofRequest options of the request itself
 */
export function tlsOf(
  { tls }: SrvDialerOptions,
  host: string,
  servername: string | null | undefined,
  ofRequest: ConnectionOptions = {},
): ConnectionOptions {
  const isOwn = typeof servername === "string" && servername !== "" && servername !== host;
  return {
    ALPNProtocols: ["http/1.1"],
    ...ofRequest,
    ...(isOwn ? { servername } : {}),
    ...(isRecord(tls) ? withoutUndefined(tls) : {}),
  };
}

/** TLS sessions, which make later handshakes shorter, as in Node's `https.Agent` and in undici. */
export class Sessions {
  readonly #resumes: boolean;
  /** By key, the oldest first. */
  readonly #kept = new Map<string, Buffer>();

  constructor({ servername }: SrvDialerOptions) {
    // A session is only for the name it was checked for (RFC 8446, section 4.6.1).
    this.#resumes = servername !== "target";
  }

  /**
   * Makes a connection that resumes the last session of its key, and keeps its own.
   *
   * @param key connections with the same key have the same server and the same TLS options
   */
  async use<T extends { readonly socket: Socket }>(
    key: string,
    tls: ConnectionOptions,
    connect: (tls: ConnectionOptions) => Promise<T>,
  ): Promise<T> {
    const session = this.#resumes ? this.#kept.get(key) : undefined;
    try {
      const connection = await connect(session === undefined ? tls : { session, ...tls });
      this.#follow(key, connection.socket);
      return connection;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  #follow(key: string, socket: Socket): void {
    if (!(socket instanceof TLSSocket)) return;
    // Sessions of TLS 1.3 come after the handshake, those of TLS 1.2 with it.
    if (socket.getProtocol() !== "TLSv1.3") this.#keep(key, socket.getSession());
    socket.on("session", (session) => this.#keep(key, session));
  }

  #keep(key: string, session: Buffer | undefined): void {
    this.#kept.delete(key);
    if (session !== undefined) this.#kept.set(key, session);
    const [oldest = ""] = this.#kept.keys();
    if (this.#kept.size > MAX_SESSIONS) this.#kept.delete(oldest);
  }
}
