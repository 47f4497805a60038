import { checkMilliseconds } from "../base/checks.ts";
import type { Clock } from "../base/clock.ts";
import { Refusal, SrvDialError, formatEndpoint } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import type { Connection } from "./attempt.ts";
import { aborted } from "./deadline.ts";

/** How long in ms nothing may come over a connection until the records are looked at. */
export const RECHECK = 5_000;

/**
 * The option `recheck` in ms.
 *
 * @returns undefined: never
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG
 */
export function recheckOf(value: unknown): number | undefined {
  return value === false
    ? undefined
    : checkMilliseconds("recheck", value, RECHECK, 10, ", or false");
}

/** One SRV name, as an open connection looks at it. No call keeps the process alive. */
export interface Records {
  readonly name: string;
  readonly clock: Clock;
  /** When it ends no one looks any more. */
  readonly lifetime: Lifetime;
  /** Whether they lead to the connection's endpoint, as far as is known. */
  readonly isListed: (lifetime: Lifetime) => Promise<boolean>;
  /** A new connection to where they lead. */
  readonly dial: (lifetime: Lifetime) => Promise<Connection>;
  /** A new connection to the connection's own endpoint. */
  readonly redial: (lifetime: Lifetime) => Promise<Connection>;
}

/**
 * Ends a connection with ERR_SRV_MOVED once nothing comes over it, the records lead elsewhere, the service
 * answers there, and no longer here.
 *
 * A lost host closes no connection. The kernel sends again what was not acknowledged, for a quarter of an hour
 * (tcp_retries2, https://man7.org/linux/man-pages/man7/tcp.7.html), and an idle connection may never
 * notice. Records alone are no proof: an older answer of DNS may lack the target of this connection, and Cloud
 * Map names eight of more targets, or one of several (routing policy WEIGHTED), drawn at random
 * (https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html). So both ends are asked.
 *
 * @param every ms between two looks
 */
export function endWhenMoved(connection: Connection, records: Records, every: number): void {
  const { socket } = connection;
  if (socket.destroyed) return;
  const open = new Lifetime();
  open.endWith(records.lifetime);
  let read = socket.bytesRead;
  // What waits for its reader has come, too.
  const isSilent = (): boolean => socket.bytesRead === read && socket.readableLength === 0;
  const wait = (): (() => void) => records.clock.setTimeout(() => void look(), every);
  const look = async (): Promise<void> => {
    const isLost = isSilent() && (await hasMoved(records, open));
    if (open.reason !== undefined) return;
    if (isLost && isSilent()) socket.destroy(moved(connection, records.name));
    read = socket.bytesRead;
    stop = wait();
  };
  let stop = wait();
  open.onEnd(() => stop());
  socket.once("close", () => open.end(aborted()));
}

/** Whether the service is elsewhere, and only there. */
async function hasMoved(records: Records, lifetime: Lifetime): Promise<boolean> {
  try {
    if (await records.isListed(lifetime)) return false;
    const other = await records.dial(lifetime);
    other.socket.destroy();
  } catch {
    // No records, or no one there.
    return false;
  }
  try {
    const own = await records.redial(lifetime);
    own.socket.destroy();
    return false;
  } catch (error) {
    // One that has its maximum of clients serves those it has.
    return !(error instanceof Refusal);
  }
}

function moved({ host, address, port }: Connection, name: string): SrvDialError {
  const where = formatEndpoint(host, port, address);
  return new SrvDialError(
    "ERR_SRV_MOVED",
    `${name} has moved: nothing comes from ${where}, which has left its records`,
    { hostname: name },
  );
}
