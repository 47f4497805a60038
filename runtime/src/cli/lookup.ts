import { formatEndpoint } from "../base/errors.ts";
import type { SrvTarget } from "../base/types.ts";
import { createSrvDialer } from "../dialer/dialer.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { parse } from "./arguments.ts";
import { complain, print, printJson } from "./output.ts";
import { dialedAddresses } from "../doctor/addresses.ts";

const TIMEOUT = 10_000;
/** Targets looked up in parallel. Replies for hundreds would overflow a UDP socket, and each lost one costs 1 s. */
const MOST_AT_ONCE = 32;

const FIELDS = ["priority", "weight", "port", "ttl", "host", "addresses"] as const;

const help = `srv-dialer lookup NAME [--server IP[:PORT]]... [--timeout MS] [--json]

Prints the SRV records of NAME in dial order (RFC 2782), with the addresses of their targets. TTLs
are in seconds, as received.

  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        for everything (default: ${TIMEOUT})
  --json              an array of { ${FIELDS.join(", ")} }

A target without an address is printed too, and a line on stderr says why it has none.`;

type Row = Required<SrvTarget>;

async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, "NAME", TIMEOUT, { json: { type: "boolean" } });
  const { values, operand, timeout, resolver } = parsed;
  const signal = AbortSignal.timeout(timeout);
  const targets = await createSrvDialer(operand, { resolver, timeout }).resolve();
  const rows: Row[] = [];
  while (rows.length < targets.length) {
    const next = targets.slice(rows.length, rows.length + MOST_AT_ONCE);
    rows.push(...(await Promise.all(next.map((target) => rowOf(target, resolver, signal)))));
  }
  return values.json === true ? printJson(rows) : print(...toTable(rows));
}

async function rowOf(target: SrvTarget, resolver: DnsResolver, signal: AbortSignal): Promise<Row> {
  const { addresses, problem } = await dialedAddresses(target, resolver, signal);
  if (problem !== undefined) {
    complain(`No address of ${formatEndpoint(target.host, target.port)}: ${problem}`);
  }
  return { ...target, addresses };
}

function toTable(rows: readonly Row[]): string[] {
  const cells = rows.map((row) => FIELDS.map((field) => [row[field]].flat().join(", ") || "-"));
  const lines = [FIELDS.map((field) => field.toUpperCase()), ...cells];
  const widths = FIELDS.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const pad = (cell: string, at: number): string => cell.padEnd(widths[at] ?? 0);
  return lines.map((line) => line.map(pad).join("  ").trimEnd());
}

export const lookup = { help, run };
