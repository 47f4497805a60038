import { authorityFor } from "../discovery/dns-authority.ts";
import { startDnsServer } from "../discovery/dns-server.ts";
import type { DnsRecord } from "../discovery/dns-records.ts";
import type { Target } from "./forward.ts";

/** The SRV name. */
export const NAME = "redis.moving";

/** The records of the name, on a DNS server. */
export interface Records {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** The name leads to this target, or does not exist. */
  set(target: Target | undefined): void;
  close(): Promise<void>;
}

/** @param ttl of records and of negative answers, in seconds */
export async function serveRecords(ttl: number): Promise<Records> {
  let records: readonly DnsRecord[] = [];
  let tasks = 0;
  const zone = { name: "moving", records: () => records };
  const server = await startDnsServer(
    authorityFor(() => [zone], ttl),
    { unref: true },
  );
  const set = (target: Target | undefined): void => {
    records = [];
    if (target === undefined) return;
    const { host, port } = target;
    tasks += 1;
    // As in Cloud Map, each task has a name of its own.
    const task = `task-${tasks}.${NAME}`;
    records = [
      { type: "SRV", name: NAME, ttl, priority: 1, weight: 1, port, target: task },
      { type: "A", name: task, ttl, address: host },
      // For clients that know the port.
      { type: "A", name: NAME, ttl, address: host },
    ];
  };
  return { address: server.address, set, close: () => server.close() };
}
