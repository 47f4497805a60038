import { eachAnswer } from "../answers/answers.ts";
import type { Addresses, Source } from "../answers/source.ts";
import type { Clock } from "../base/clock.ts";
import { Refusal, SrvDialError, formatEndpoint } from "../base/errors.ts";
import { Lifetime, aborted } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { Connection, Endpoint } from "./attempt.ts";

/** The default of `recheck` for Redis, in ms. */
export const RECHECK = 5_000;

/** What an open connection needs to check its SRV name. No call keeps the process alive. */
export interface MovedOptions {
  readonly name: string;
  readonly clock: Clock;
  /** ms between two checks. */
  readonly every: number;
  /** Its end stops the checks. */
  readonly lifetime: Lifetime;
  /** Whether the connection's endpoint is still in the records, as far as is known. */
  readonly isListed: (lifetime: Lifetime) => Promise<boolean>;
  /** Makes a new connection through the records. */
  readonly dial: (lifetime: Lifetime) => Promise<Connection>;
  /** Makes a new connection to the connection's own endpoint. */
  readonly redial: (lifetime: Lifetime) => Promise<Connection>;
}

/**
 * Ends a connection with ERR_SRV_MOVED when it receives nothing, its endpoint is no longer in the records,
 * the service answers at a new endpoint, and the old endpoint no longer answers.
 *
 * A lost host does not close its connections. The kernel retransmits unacknowledged data for a quarter of an
 * hour (tcp_retries2, https://man7.org/linux/man-pages/man7/tcp.7.html), and an idle connection may never
 * notice. The records alone are no proof: an older DNS answer may not have the target yet, and Cloud Map names
 * only eight random targets, or one with the routing policy WEIGHTED
 * (https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html). So both endpoints are tried.
 */
export function endWhenMoved(connection: Connection, options: MovedOptions): void {
  const { socket } = connection;
  if (socket.destroyed) return;
  const open = new Lifetime();
  open.endWith(options.lifetime);
  let read = socket.bytesRead;
  // Data that is received but not yet read also counts.
  const isSilent = (): boolean => socket.bytesRead === read && socket.readableLength === 0;
  const wait = (): (() => void) => options.clock.setTimeout(() => void look(), options.every);
  const look = async (): Promise<void> => {
    const isLost = isSilent() && (await hasMoved(options, open));
    if (open.reason !== undefined) return;
    if (isLost && isSilent()) socket.destroy(moved(connection, options.name));
    read = socket.bytesRead;
    stop = wait();
  };
  let stop = wait();
  open.onEnd(() => stop());
  socket.once("close", () => open.end(aborted()));
}

/** Whether the service answers at a new endpoint, and only there. */
async function hasMoved(options: MovedOptions, lifetime: Lifetime): Promise<boolean> {
  try {
    if (await options.isListed(lifetime)) return false;
    const other = await options.dial(lifetime);
    other.socket.destroy();
  } catch {
    // No records, or nothing answers there.
    return false;
  }
  try {
    const own = await options.redial(lifetime);
    own.socket.destroy();
    return false;
  } catch (error) {
    // A server that refuses new clients at its maximum still serves its existing ones.
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

/**
 * Whether an endpoint is still in the records: they name its target, and the target's host has its
 * address. Also true if there are no records, or only expired ones.
 */
export async function isListed(
  sources: readonly Source[],
  endpoint: Endpoint,
  lifetime: Lifetime,
): Promise<boolean> {
  const key = targetKey(endpoint);
  let hasAnswer = false;
  let isFound = false;
  await eachAnswer(sources, { lifetime, reasons: [] }, async ({ source, targets, origin }) => {
    if (origin === "stale") return false;
    hasAnswer = true;
    const target = targets.find((each) => targetKey(each) === key);
    if (target === undefined) return false;
    return (isFound = await hasAddress(source.addressesOf(target, lifetime), endpoint));
  });
  return isFound || !hasAnswer;
}

/** Also true if a lookup fails, or finds nothing. */
async function hasAddress({ known, lookups }: Addresses, { address }: Endpoint): Promise<boolean> {
  const results = await Promise.allSettled(lookups);
  // A failed lookup might have found it.
  const found = results.flatMap((each) => (each.status === "fulfilled" ? each.value : address));
  const all = [...known, ...found];
  return all.length === 0 || all.includes(address);
}
