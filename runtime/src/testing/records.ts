import { Packet } from "dns2";
import { isRecord } from "../base/checks.ts";
import {
  checkAddress,
  checkDnsName,
  checkList,
  checkOptions,
  checkTtl,
  checkWholeNumber,
} from "./checks.ts";
import type { SrvRecord } from "./types.ts";
import { type RecordData, resource } from "./zone.ts";

/** Seconds: the TTL of SRV records in AWS Cloud Map's examples. */
export const DEFAULT_TTL = 10;

/** Checks records and converts them for the zone. Throws `ERR_SRV_INVALID_ARG`. */
export function srvData(name: string, given: SrvRecord | readonly SrvRecord[]): RecordData[] {
  const records = checkList(`SRV record of ${name}`, given, isSrvRecord, "an object");
  return records.map((record) => dataOf(name, record));
}

const FIELDS = ["host", "target", "port", "priority", "weight", "ttl", "addresses"] satisfies (
  | "host"
  | "target"
  | keyof SrvRecord
)[];

/** The fields are checked later, one by one. */
function isSrvRecord(record: unknown): record is SrvRecord {
  return isRecord(record);
}

function dataOf(name: string, record: SrvRecord): RecordData {
  checkOptions("SRV record field", record, FIELDS);
  const field = (key: string): string => `${key} of an SRV record of ${name}`;
  const given = "host" in record ? record.host : record.target;
  const target = given === "." ? given : checkDnsName(field("host"), given);
  const ttl = checkTtl(field("ttl"), record.ttl ?? DEFAULT_TTL);
  const ips = checkList(field("addresses"), record.addresses ?? [], isText, "an IP address");
  const additional = ips.map((ip) => {
    const { address, family } = checkAddress(field("addresses"), ip);
    return resource(target, family === 4 ? Packet.TYPE.A : Packet.TYPE.AAAA, { ttl, address });
  });
  return {
    target,
    port: checkWholeNumber(field("port"), record.port, 65_535),
    priority: checkWholeNumber(field("priority"), record.priority ?? 0, 65_535),
    weight: checkWholeNumber(field("weight"), record.weight ?? 0, 65_535),
    ttl,
    additional,
  };
}

/** Checks addresses and groups them by IP version. Throws `ERR_SRV_INVALID_ARG`. */
export function addressData(
  name: string,
  given: string | readonly string[],
  ttl: number,
): { ipv4: RecordData[]; ipv6: RecordData[] } {
  checkTtl(`ttl of the addresses of ${name}`, ttl);
  const ips = checkList(`address of ${name}`, given, isText, "an IPv4 or IPv6 address");
  const checked = ips.map((ip) => checkAddress(`address of ${name}`, ip));
  const ofFamily = (wanted: 4 | 6): RecordData[] =>
    checked.filter(({ family }) => family === wanted).map(({ address }) => ({ ttl, address }));
  return { ipv4: ofFamily(4), ipv6: ofFamily(6) };
}

function isText(ip: unknown): ip is string {
  return typeof ip === "string";
}
