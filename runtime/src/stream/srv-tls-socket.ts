import type { X509Certificate } from "node:crypto";
import { type CipherNameAndProtocol, TLSSocket } from "node:tls";
import { SrvSocket } from "./srv-socket.ts";

/** The same over TLS, with the members of `tls.TLSSocket` that clients use. */
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

  getPeerX509Certificate(): X509Certificate | undefined {
    return this.#tls?.getPeerX509Certificate();
  }

  getCipher(): CipherNameAndProtocol | undefined {
    return this.#tls?.getCipher();
  }

  getSession(): Buffer | undefined {
    return this.#tls?.getSession();
  }

  isSessionReused(): boolean {
    return this.#tls?.isSessionReused() ?? false;
  }

  getProtocol(): string | null {
    return this.#tls?.getProtocol() ?? null;
  }

  get #tls(): TLSSocket | undefined {
    return this.connection instanceof TLSSocket ? this.connection : undefined;
  }
}
