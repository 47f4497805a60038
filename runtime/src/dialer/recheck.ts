import type { Socket } from "node:net";
import type { Addresses, Source } from "../answers/source.ts";
import { Refusal, formatEndpoint } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import type { Settings } from "../base/settings.ts";
import { type Clock, Lifetime, OVER } from "../base/time.ts";
import type { Connection, Endpoint } from "../dial/connection.ts";

/** How long in ms a check waits for each source. */
const PATIENCE = 1_000;

/** The default of `recheck` for Redis, in ms. */
export const RECHECK = 5_000;

/** The steps of a check of an endpoint. */
interface Steps {
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
  readonly #every: number;
  readonly #endpoint: Endpoint;
  readonly #settings: Pick<Settings, "name" | "clock">;
  readonly #steps: Steps;
  /** Bytes received at the last check, or by the first connection when it was opened; undefined if opened since. */
  readonly #received = new Map<Socket, number | undefined>();
  #clear: (() => void) | undefined;

  /** @param every ms between two checks. @param lifetime its end stops them */
  constructor(
    every: number,
    endpoint: Endpoint,
    settings: Pick<Settings, "name" | "clock">,
    lifetime: Lifetime,
    steps: Steps,
  ) {
    this.#every = every;
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#steps = steps;
    this.lifetime.endWith(lifetime);
    this.#wait();
    this.lifetime.onEnd(() => this.#clear?.());
  }

  /** @param socket an open connection to the endpoint */
  add(socket: Socket): void {
    this.#received.set(socket, this.#received.size === 0 ? socket.bytesRead : undefined);
    socket.once("close", () => {
      this.#received.delete(socket);
      if (this.#received.size === 0) this.lifetime.end(OVER);
    });
  }

  #wait(): void {
    const { clock } = this.#settings;
    this.#clear = clock.setTimeout(() => void this.#check(), this.#every);
  }

  async #check(): Promise<void> {
    const silent = [...this.#received].filter(([socket, before]) => isSilent(socket, before));
    const isLost = silent.length > 0 && (await hasMoved(this.#steps, this.lifetime));
    if (this.lifetime.reason !== undefined) return;
    for (const [socket, before] of silent) {
      if (isLost && isSilent(socket, before))
        socket.destroy(moved(this.#settings.name, this.#endpoint));
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
async function hasMoved(steps: Steps, lifetime: Lifetime): Promise<boolean> {
  try {
    if (await steps.isListed(lifetime)) return false;
    const other = await steps.dial(lifetime);
    other.socket.destroy();
  } catch {
    // No records, or nothing answers there.
    return false;
  }
  try {
    const own = await steps.redial(lifetime);
    own.socket.destroy();
    return false;
  } catch (error) {
    // A server that refuses new clients at its maximum still serves its existing ones.
    return !(error instanceof Refusal);
  }
}

function moved(name: string, { host, port, address }: Endpoint): Error {
  const where = formatEndpoint(host, port, address);
  const message = `${name} has moved: nothing comes from ${where}, which has left its records`;
  return Object.assign(new Error(message), { code: "ERR_SRV_MOVED", hostname: name });
}

/** Whether the records name an endpoint: its target, whose host has its address. True if there are none, or expired ones. */
export async function isListed(
  sources: readonly Source[],
  endpoint: Endpoint,
  clock: Clock,
  lifetime: Lifetime,
): Promise<boolean> {
  let hasAnswer = false;
  for (const source of sources) {
    const reading = Promise.resolve(source.records.read(lifetime));
    const read = await lifetime.wait<Awaited<typeof reading> | undefined>((resolve) => {
      reading.then(resolve, () => resolve(undefined));
      // A silent source must not use up the time of the others.
      return clock.setTimeout(() => resolve(undefined), PATIENCE);
    });
    if (read === undefined || read.origin === "stale") continue;
    const { targets } = read.value;
    hasAnswer ||= targets.length > 0;
    const target = targets.find((each) => targetKey(each) === targetKey(endpoint));
    if (target && (await hasAddress(source.addressesOf(target, lifetime), endpoint))) return true;
  }
  return !hasAnswer;
}

/** Also true if a lookup fails, or finds nothing. */
async function hasAddress({ known, lookups }: Addresses, { address }: Endpoint): Promise<boolean> {
  const results = await Promise.allSettled(lookups);
  // A failed lookup might have found it.
  const found = results.flatMap((each) => (each.status === "fulfilled" ? each.value : address));
  const all = [...known, ...found];
  return all.length === 0 || all.includes(address);
}
