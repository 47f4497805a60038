import type { Socket } from "node:net";
import { eachAnswer } from "../answers/answers.ts";
import type { Addresses, Source } from "../answers/source.ts";
import type { Clock } from "../base/clock.ts";
import { Refusal, SrvDialError, formatEndpoint } from "../base/errors.ts";
import { Lifetime, ABORTED } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { Connection, Endpoint } from "../dial/connection.ts";

/** The default of `recheck` for Redis, in ms. */
export const RECHECK = 5_000;

/** How the open connections to one endpoint check their SRV name. No check keeps the process alive. */
export interface RecheckOptions {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** ms between two checks. */
  readonly every: number;
  /** Its end stops the checks. */
  readonly lifetime: Lifetime;
  /** Whether the endpoint is still in the records, as far as is known. */
  readonly isListed: (lifetime: Lifetime) => Promise<boolean>;
  /** Makes a new connection through the records. */
  readonly dial: (lifetime: Lifetime) => Promise<Connection>;
  /** Makes a new connection to the endpoint. */
  readonly redial: (lifetime: Lifetime) => Promise<Connection>;
}

/**
 * Ends the open connections to an endpoint with ERR_SRV_MOVED when they receive nothing, the endpoint is no longer in
 * the records, the service answers at a new endpoint, and the old endpoint no longer answers. Hundreds of connections
 * share each check.
 *
 * A lost host does not close its connections. The kernel retransmits unacknowledged data for a quarter of an hour
 * (tcp_retries2, https://man7.org/linux/man-pages/man7/tcp.7.html), and an idle connection may never notice. The records
 * alone are no proof: an older answer may not have the target yet, and Cloud Map names only eight random targets, or one
 * (https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html). So both endpoints are tried.
 */
export class Recheck {
  /** Ends with the last connection. */
  readonly lifetime = new Lifetime();
  readonly #options: RecheckOptions;
  /** Bytes received at the last check, or by the first connection when it was opened; undefined if opened since. */
  readonly #received = new Map<Socket, number | undefined>();
  #clear: (() => void) | undefined;

  constructor(options: RecheckOptions) {
    this.#options = options;
    this.lifetime.endWith(options.lifetime);
    this.#wait();
    this.lifetime.onEnd(() => this.#clear?.());
  }

  /** @param socket an open connection to the endpoint */
  add(socket: Socket): void {
    this.#received.set(socket, this.#received.size === 0 ? socket.bytesRead : undefined);
    socket.once("close", () => {
      this.#received.delete(socket);
      if (this.#received.size === 0) this.lifetime.end(ABORTED);
    });
  }

  #wait(): void {
    const { clock, every } = this.#options;
    this.#clear = clock.setTimeout(() => void this.#check(), every);
  }

  async #check(): Promise<void> {
    const silent = [...this.#received].filter(([socket, before]) => isSilent(socket, before));
    const isLost = silent.length > 0 && (await hasMoved(this.#options, this.lifetime));
    if (this.lifetime.reason !== undefined) return;
    for (const [socket, before] of silent) {
      if (isLost && isSilent(socket, before)) socket.destroy(moved(this.#options));
    }
    for (const socket of this.#received.keys()) this.#received.set(socket, socket.bytesRead);
    this.#wait();
  }
}

/** Data that is received but not yet read also counts. */
function isSilent({ bytesRead, readableLength }: Socket, before: number | undefined): boolean {
  return bytesRead === before && readableLength === 0;
}

/** Whether the service answers at a new endpoint, and only there. */
async function hasMoved(options: RecheckOptions, lifetime: Lifetime): Promise<boolean> {
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

function moved({ name, endpoint: { host, port, address } }: RecheckOptions): SrvDialError {
  const where = formatEndpoint(host, port, address);
  return new SrvDialError(
    "ERR_SRV_MOVED",
    `${name} has moved: nothing comes from ${where}, which has left its records`,
    { hostname: name },
  );
}

/** Whether the records name an endpoint: its target, whose host has its address. True if there are none, or expired ones. */
export async function isListed(
  sources: readonly Source[],
  endpoint: Endpoint,
  lifetime: Lifetime,
): Promise<boolean> {
  const key = targetKey(endpoint);
  let hasAnswer = false;
  const found = await eachAnswer(sources, { lifetime, reasons: [] }, async (answer) => {
    if (answer.origin === "stale") return false;
    hasAnswer = true;
    const target = answer.targets.find((each) => targetKey(each) === key);
    if (target === undefined) return false;
    return hasAddress(answer.source.addressesOf(target, lifetime), endpoint);
  });
  return found !== undefined || !hasAnswer;
}

/** Also true if a lookup fails, or finds nothing. */
async function hasAddress({ known, lookups }: Addresses, { address }: Endpoint): Promise<boolean> {
  const results = await Promise.allSettled(lookups);
  // A failed lookup might have found it.
  const found = results.flatMap((each) => (each.status === "fulfilled" ? each.value : address));
  const all = [...known, ...found];
  return all.length === 0 || all.includes(address);
}
