import { isIP } from "node:net";
import { checkInteger, invalidArg, isRecord, refuseUnknown } from "../base/checks.ts";
import { typeNumber } from "../dns/codec.ts";
import type { SrvRecord } from "./types.ts";
import { type RecordData, resource } from "./zone.ts";

/** Seconds: the TTL of SRV records in AWS Cloud Map's examples. */
const DEFAULT_TTL = 10;
const FIELDS = ["host", "target", "port", "priority", "weight", "ttl", "addresses"];

/** Checks records and converts them for the zone. Throws `ERR_SRV_INVALID_ARG`, as all functions here. */
export function srvData(name: string, given: SrvRecord | readonly SrvRecord[]): RecordData[] {
  return listOf(given).map((record: SrvRecord) => {
    if (!isRecord(record)) throw invalidArg(`SRV record of ${name}`, record, "an object");
    refuseUnknown("", record, FIELDS);
    const of = `of an SRV record of ${name}`;
    const uint16 = (field: string, value: unknown, fallback: number): number =>
      checkInteger(`${field} ${of}`, value, fallback, 0, 65_535);
    const { port, priority, weight, addresses = [] } = record;
    const host = "host" in record ? record.host : record.target;
    const target = host === "." ? host : checkDnsName(`host ${of}`, host);
    const ttl = checkTtl(`ttl ${of}`, record.ttl);
    const additional = listOf(addresses).map((ip) => {
      const { address, family } = checkAddress(`addresses ${of}`, ip);
      return resource(target, typeNumber(family === 4 ? "A" : "AAAA"), { ttl, address });
    });
    return {
      target,
      port: uint16("port", port ?? null, 0),
      priority: uint16("priority", priority, 0),
      weight: uint16("weight", weight, 0),
      ttl,
      additional,
    };
  });
}

/** Checks addresses; gives those of each IP version. */
export function addressData(
  name: string,
  given: string | readonly string[],
  ttl: number,
): Record<"A" | "AAAA", RecordData[]> {
  const data: Record<"A" | "AAAA", RecordData[]> = { A: [], AAAA: [] };
  for (const ip of listOf(given)) {
    const { address, family } = checkAddress(`address of ${name}`, ip);
    data[family === 4 ? "A" : "AAAA"].push({ ttl, address });
  }
  return data;
}

/** Seconds, 31 bits (RFC 2181, section 8). */
export function checkTtl(what: string, value: unknown): number {
  return checkInteger(what, value, DEFAULT_TTL, 0, 2 ** 31 - 1);
}

/** The TTL in the options of `setAddress` and `setAlias`. */
export function ttlIn(options: unknown): number {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  refuseUnknown("", options, ["ttl"]);
  return checkTtl("ttl", options["ttl"]);
}

/** RFC 1035 section 2.3.4, in ASCII; with or without a trailing dot. */
export function checkDnsName(what: string, value: unknown): string {
  if (typeof value === "string") {
    const name = value.replace(/\.$/, "");
    const fits = name.split(".").every((label) => /^[!-~]{1,63}$/.test(label));
    if (fits && name.length <= 253) return value;
  }
  throw invalidArg(what, value, "a DNS name in ASCII: labels of 1 to 63 characters, 253 in all");
}

/** An IPv4 or IPv6 address, the latter in the only form that dns2 can encode: without dotted parts. */
function checkAddress(what: string, value: unknown): { address: string; family: 4 | 6 } {
  const family = typeof value === "string" ? isIP(value) : 0;
  if (typeof value !== "string" || family === 0 || value.includes("%")) {
    throw invalidArg(what, value, "an IPv4 or IPv6 address, or a list of them");
  }
  if (family === 4) return { address: value, family };
  // A URL's host is normalized: "::ffff:127.0.0.1" becomes "::ffff:7f00:1".
  return { address: new URL(`http://[${value}]/`).hostname.slice(1, -1), family: 6 };
}

/** One value, or a list of them. */
function listOf<T>(given: T | readonly T[]): readonly T[] {
  return ([] as readonly T[]).concat(given);
}
