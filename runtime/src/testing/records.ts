import { Packet } from "dns2";
import { checkAddress, checkWholeNumber, checkDnsName, checkTtl } from "./checks.ts";
import type { SrvRecord } from "./types.ts";
import { type RecordData, resource } from "./zone.ts";

/** Seconds: the TTL that AWS Cloud Map's own examples give an SRV record. */
export const DEFAULT_TTL = 10;

/** Checks a record and turns it into what the zone holds. Throws `ERR_SRV_INVALID_ARG`. */
export function srvData(name: string, record: SrvRecord): RecordData {
  const field = (key: string): string => `${key} of an SRV record of ${name}`;
  const given = "host" in record ? record.host : record.target;
  const target = given === "." ? given : checkDnsName(field("host"), given);
  const ttl = checkTtl(field("ttl"), record.ttl ?? DEFAULT_TTL);
  const additional = (record.addresses ?? []).map((ip) => {
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

/** Checks addresses and sorts them by family. Throws `ERR_SRV_INVALID_ARG`. */
export function addressData(
  name: string,
  ips: readonly string[],
  ttl: number,
): { ipv4: RecordData[]; ipv6: RecordData[] } {
  checkTtl(`ttl of the addresses of ${name}`, ttl);
  const checked = ips.map((ip) => checkAddress(`address of ${name}`, ip));
  const ofFamily = (wanted: 4 | 6): RecordData[] =>
    checked.filter(({ family }) => family === wanted).map(({ address }) => ({ ttl, address }));
  return { ipv4: ofFamily(4), ipv6: ofFamily(6) };
}
