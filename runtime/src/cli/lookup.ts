import { firstAnswer } from "../answers/answers.ts";
import { Source } from "../answers/source.ts";
import { systemClock } from "../base/clock.ts";
import { formatEndpoint, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { SrvTarget } from "../base/types.ts";
import { type TargetOutcome, everyAddress } from "../dial/addresses.ts";
import { unresolved, withDeadline } from "../dial/deadline.ts";
import { parseOptions } from "../dial/options.ts";
import { orderTargets } from "../dial/order.ts";
import { COMMON_OPTIONS, type Command, millisecondsOf, nameOf, parse } from "./arguments.ts";
import { complain, formatJson, formatTable, print } from "./output.ts";
import { resolverOf } from "./resolver.ts";

const TIMEOUT = 10_000;

/** Events are not counted here. */
const NO_EVENTS = { onAsk: () => {}, onAnswer: () => {}, onStale: () => {} };

const HELP = `srv-dialer lookup NAME [--server IP[:PORT]]... [--timeout MS] [--json]

Prints the SRV records of NAME in dial order (RFC 2782), with the addresses of their targets. TTLs
are in seconds, as received.

  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        for everything (default: ${TIMEOUT})
  --json              an array of { priority, weight, port, host, ttl, addresses }

A target without an address is printed too, and a line on stderr says why it has none.`;

interface Row extends SrvTarget {
  readonly addresses: readonly string[];
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args, { ...COMMON_OPTIONS, json: { type: "boolean" } });
  const timeout = millisecondsOf("timeout", values.timeout, TIMEOUT, 1);
  const resolver = resolverOf(values.server);
  const settings = parseOptions(nameOf(positionals), { resolver, timeout });
  const printRows = async (lifetime: Lifetime): Promise<number> => {
    const rows = await rowsOf(new Source(settings, resolver, NO_EVENTS), lifetime);
    return print(...(values.json === true ? toJson(rows) : toTable(rows)));
  };
  return withDeadline(timeout, systemClock, printRows);
}

/** What a dial would use. */
async function rowsOf(source: Source, lifetime: Lifetime): Promise<Row[]> {
  try {
    const { targets } = await firstAnswer(source.name, [source], lifetime);
    const addressesOf = (target: SrvTarget) => source.addressesOf(target, lifetime);
    return (await everyAddress(orderTargets(targets), addressesOf)).map(rowOf);
  } catch (error) {
    throw unresolved(source.name, lifetime) ?? error;
  }
}

function rowOf({ target, addresses, error }: TargetOutcome): Row {
  if (addresses.length === 0) {
    const { message } = toError(error ?? new Error("it has no address"));
    complain(`No address of ${formatEndpoint(target.host, target.port)}: ${message}`);
  }
  return { ...target, addresses };
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

function toJson(rows: readonly Row[]): string[] {
  const fields = rows.map(({ priority, weight, port, host, ttl, addresses }) => ({
    priority,
    weight,
    port,
    host,
    ttl,
    addresses,
  }));
  return formatJson(fields);
}

export const lookup: Command = { help: HELP, run };
