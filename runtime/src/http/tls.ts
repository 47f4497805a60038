import type { ConnectionOptions } from "node:tls";
import { isRecord, withoutUndefined } from "../base/checks.ts";
import type { SrvDialerOptions } from "../base/types.ts";

/** What a client requests for a connection. */
export interface TlsRequest {
  readonly host: string;
  /** From the Host header or the request; null and "" count as none. */
  readonly servername?: string | null | undefined;
}

/**
 * TLS options of one connection. HTTP clients use the URL's host if there is no servername; in that case
 * the dialer's own rule applies.
 *
 * @param ofRequest options of the request itself, which override the others
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
