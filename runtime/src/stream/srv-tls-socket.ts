import { TLSSocket } from "node:tls";
import { SrvSocket } from "./srv-socket.ts";

/** The same over TLS, with what clients ask a `tls.TLSSocket` about the server. */
export class SrvTlsSocket extends SrvSocket {
  readonly encrypted = true;

  get authorized(): boolean {
    return this.#tls?.authorized ?? false;
  }

  get authorizationError(): Error | null {
    return this.#tls?.authorizationError ?? null;
  }

  get alpnProtocol(): TLSSocket["alpnProtocol"] {
    return this.#tls?.alpnProtocol ?? null;
  }

  getPeerCertificate(detailed?: boolean): object {
    return this.#tls?.getPeerCertificate(detailed) ?? {};
  }

  getProtocol(): string | null {
    return this.#tls?.getProtocol() ?? null;
  }

  get #tls(): TLSSocket | undefined {
    return this.connection instanceof TLSSocket ? this.connection : undefined;
  }
}
