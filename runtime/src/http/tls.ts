import type { ConnectionOptions } from "node:tls";
import { isRecord, withoutUndefined } from "../base/checks.ts";
import type { SrvDialerOptions } from "../base/types.ts";

/** What a client says of the connection that it needs. */
export interface TlsRequest {
  readonly host: string;
  /** Of the Host header, or of the request; null and "" are none. */
  readonly servername?: string | null | undefined;
}

/**
 * TLS options of one connection. HTTP clients fill in the URL's host for a missing servername; then the
 * dialer's own rule applies.
 *
 * @param ofRequest what the request itself says; it wins
 */
export function tlsOf(
  { tls }: SrvDialerOptions,
  { host, servername }: TlsRequest,
  ofRequest: ConnectionOptions = {},
): ConnectionOptions {
  const isOwn = typeof servername === "string" && servername !== "" && servername !== host;
  return {
    ALPNProtocols: ["http/1.1"],
    ...(isOwn ? { servername } : {}),
    ...(isRecord(tls) ? withoutUndefined(tls) : {}),
    ...ofRequest,
  };
}
