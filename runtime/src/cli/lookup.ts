import { isIP } from "node:net";
import { knownAddresses } from "../answers/addresses.ts";
import { systemClock } from "../base/clock.ts";
import { formatEndpoint, toError } from "../base/errors.ts";
import type { SrvTarget } from "../base/types.ts";
import { withDeadline } from "../base/lifetime.ts";
import { createSrvDialer } from "../dial/dialer.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import {
  COMMON_OPTIONS,
  type Command,
  millisecondsOf,
  nameOf,
  parse,
  resolverOf,
} from "./arguments.ts";
import { complain, formatJson, formatTable, print } from "./output.ts";

const TIMEOUT = 10_000;
/** How many targets are looked up in parallel. Replies for hundreds would overflow a UDP socket, and each lost one costs a second. */
const MOST_AT_ONCE = 32;

const FIELDS = ["priority", "weight", "port", "host", "ttl", "addresses"];

const HELP = `srv-dialer lookup NAME [--server IP[:PORT]]... [--timeout MS] [--json]

Prints the SRV records of NAME in dial order (RFC 2782), with the addresses of their targets. TTLs
are in seconds, as received.

  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        for everything (default: ${TIMEOUT})
  --json              an array of { ${FIELDS.join(", ")} }

A target without an address is printed too, and a line on stderr says why it has none.`;

interface Row extends SrvTarget {
  readonly addresses: readonly string[];
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args, { ...COMMON_OPTIONS, json: { type: "boolean" } });
  const timeout = millisecondsOf("timeout", values.timeout, TIMEOUT, 1);
  const resolver = resolverOf(values.server);
  const dialer = createSrvDialer(nameOf(positionals), { resolver, timeout });
  const rows = await withDeadline(timeout, systemClock, async ({ signal }) => {
    const targets = await dialer.resolve();
    const found: Row[] = [];
    while (found.length < targets.length) {
      const next = targets.slice(found.length, found.length + MOST_AT_ONCE);
      found.push(...(await Promise.all(next.map((target) => rowOf(target, resolver, signal)))));
    }
    return found;
  });
  return print(...(values.json === true ? formatJson(rows, FIELDS) : toTable(rows)));
}

/** A target with the addresses that a dial would use. */
async function rowOf(target: SrvTarget, resolver: DnsResolver, signal: AbortSignal): Promise<Row> {
  const { host, port } = target;
  const { known, missing } = knownAddresses(target, "both", true);
  const addresses = [...known];
  const problems: unknown[] = [];
  const lookups = missing.map((family) => resolver.lookup(host, { family, signal }));
  for (const outcome of await Promise.allSettled(lookups)) {
    if (outcome.status === "fulfilled") addresses.push(...outcome.value.addresses);
    else problems.push(outcome.reason);
  }
  if (addresses.length === 0) {
    const { message } = toError(problems[0] ?? new Error("it has no address"));
    complain(`No address of ${formatEndpoint(host, port)}: ${message}`);
  }
  return { ...target, addresses: addresses.toSorted((one, other) => isIP(other) - isIP(one)) };
}

function toTable(rows: readonly Row[]): string[] {
  return formatTable(
    ["PRIORITY", "WEIGHT", "PORT", "TTL", "HOST", "ADDRESSES"],
    rows.map(({ priority, weight, port, ttl, host, addresses }) => [
      ...[priority, weight, port, ttl].map(String),
      host,
      addresses.length === 0 ? "-" : addresses.join(", "),
    ]),
  );
}

export const lookup: Command = { help: HELP, run };
