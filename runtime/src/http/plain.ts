import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { SrvDialError, formatEndpoint } from "../base/errors.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { attempt } from "../dial/attempt.ts";
import { interruptionOf, withDeadline } from "../dial/deadline.ts";
import { parseOptions } from "../dial/options.ts";
import type { Destination } from "./services.ts";

/**
 * Connects directly, without SRV records, but with the same deadline. Node.js looks up the host.
 *
 * @param tls undefined: no TLS
 * @throws Node's own error, or {@link SrvDialError} ERR_SRV_TIMEOUT
 */
export function connectPlainly(
  options: SrvDialerOptions,
  { host, port: given }: Destination,
  tls: ConnectionOptions | undefined,
): Promise<Socket> {
  const port = given ?? (tls === undefined ? 80 : 443);
  const { socket: ofSocket, timeout, family, clock, connect } = parseOptions("plain", options);
  const ofFamily = family === "both" ? {} : { family };
  return withDeadline(timeout, clock, async (lifetime) => {
    const endpoint = { host, address: host, port };
    const how = {
      connect,
      socket: { ...ofSocket, ...ofFamily },
      tls,
      servername: host,
      verify: undefined,
      ref: true,
    };
    try {
      return (await attempt(endpoint, how, lifetime)).socket;
    } catch (error) {
      const interruption = interruptionOf(lifetime);
      if (interruption === undefined) throw error;
      const message = `Connection to ${formatEndpoint(host, port)} ${interruption.message}`;
      throw new SrvDialError(interruption.code, message, { hostname: host, cause: error });
    }
  });
}
