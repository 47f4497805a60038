import { checkMilliseconds } from "../base/checks.ts";
import type { Clock } from "../base/clock.ts";
import { SrvDialError, formatEndpoint } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Connection } from "./attempt.ts";
import { aborted } from "./deadline.ts";

/** How long in ms nothing may come over a connection until the records are looked at. */
export const RECHECK = 5_000;

/**
 * Cloud Map answers with at most so many targets, drawn at random from all of them: of such an answer no
 * one knows who is missing (https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html).
 */
const MAX_LISTED = 8;

/**
 * The option `recheck` in ms.
 *
 * @returns undefined: never
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG
 */
export function recheckOf(value: unknown): number | undefined {
  return value === false ? undefined : checkMilliseconds("recheck", value, RECHECK, 10);
}

/** One SRV name, as an open connection looks at it. Neither call keeps the process alive. */
export interface Records {
  readonly name: string;
  readonly clock: Clock;
  /** The targets that the records name now. */
  readonly listed: (lifetime: Lifetime) => Promise<readonly SrvTarget[]>;
  /** A new connection to one of them. */
  readonly dial: (lifetime: Lifetime) => Promise<Connection>;
}

/**
 * Ends a connection with ERR_SRV_MOVED once nothing comes over it, its target has left the records, and
 * another one can be dialed.
 *
 * A lost host closes no connection. The kernel sends again what was not acknowledged, for a quarter of an hour
 * (tcp_retries2, https://man7.org/linux/man-pages/man7/tcp.7.html), and an idle connection may never
 * notice. Records alone are no proof: an older answer of DNS may lack the target of this connection.
 * So the new one must answer.
 *
 * @param every ms between two looks
 */
export function endWhenMoved(connection: Connection, records: Records, every: number): void {
  const { socket } = connection;
  if (socket.destroyed) return;
  const open = new Lifetime();
  let received = socket.bytesRead;
  const hasComeSince = (): boolean => {
    const before = received;
    received = socket.bytesRead;
    return received !== before;
  };
  const wait = (): (() => void) => records.clock.setTimeout(() => void look(), every);
  const look = async (): Promise<void> => {
    if (!hasComeSince() && !(await isCurrent(connection, records, open)) && !hasComeSince()) {
      socket.destroy(moved(connection, records.name));
    }
    if (open.reason === undefined) stop = wait();
  };
  let stop = wait();
  socket.once("close", () => {
    open.end(aborted());
    stop();
  });
}

/** Whether the service is at the connection's target, as far as is known, or nowhere. */
async function isCurrent(
  connection: Connection,
  records: Records,
  lifetime: Lifetime,
): Promise<boolean> {
  try {
    const listed = await records.listed(lifetime);
    if (listed.length >= MAX_LISTED) return true;
    const key = targetKey(connection);
    if (listed.some((target) => targetKey(target) === key)) return true;
    const other = await records.dial(lifetime);
    other.socket.destroy();
    return targetKey(other) === key;
  } catch {
    // No records, or no one there.
    return true;
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
