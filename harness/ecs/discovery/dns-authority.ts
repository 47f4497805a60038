import {
  canonical,
  RCODE,
  type DnsAnswer,
  type DnsRecord,
  type DnsResponder,
} from "./dns-records.ts";

/** A zone and its current records. */
export interface Zone {
  readonly name: string;
  readonly records: () => readonly DnsRecord[];
}

/**
 * Answers for private zones as Route 53 does. NXDOMAIN: the name does not exist. An empty answer: the name has
 * other record types, or only subdomains. Both include the SOA. REFUSED: no zone contains the name.
 * @param soaTtl seconds; 15 in Cloud Map's private namespaces
 */
export function authorityFor(zones: () => readonly Zone[], soaTtl: number): DnsResponder {
  return (name, type) => {
    const asked = canonical(name);
    const zone = zones().find((each) => isWithin(asked, canonical(each.name)));
    if (!zone) return { rcode: RCODE.REFUSED, answers: [], authorities: [] };
    const records = [...apex(zone.name, soaTtl), ...zone.records()];
    const owned = ownedBy(asked, records);
    const answers = owned.filter((record) => type === "ANY" || record.type === type);
    // The answer repeats the name as in the query, in the same case.
    if (answers.length > 0) return positive(answers.map((record) => ({ ...record, name })));
    const exists = records.some((record) => isWithin(canonical(record.name), asked));
    return {
      rcode: exists ? RCODE.NOERROR : RCODE.NXDOMAIN,
      answers: [],
      authorities: [soa(zone.name, soaTtl)],
    };
  };
}

/** A wildcard, `*.example.com`, answers for names that have no records of their own (RFC 4592). */
function ownedBy(asked: string, records: readonly DnsRecord[]): readonly DnsRecord[] {
  const own = records.filter((record) => canonical(record.name) === asked);
  if (own.length > 0) return own;
  return records.filter(({ name }) => name.startsWith("*.") && asked.endsWith(name.slice(1)));
}

const positive = (answers: readonly DnsRecord[]): DnsAnswer => ({
  rcode: RCODE.NOERROR,
  answers,
  authorities: [],
});

const isWithin = (name: string, zone: string): boolean =>
  name === zone || name.endsWith(`.${zone}`);

function apex(zone: string, soaTtl: number): DnsRecord[] {
  return [
    soa(zone, soaTtl),
    { type: "NS", name: zone, ttl: 172_800, ns: "ns-1536.awsdns-00.co.uk" },
  ];
}

/** The SOA in Route 53's format. Negative answers are cached for the smaller of TTL and minimum (RFC 2308). */
function soa(zone: string, ttl: number): DnsRecord {
  return {
    type: "SOA",
    name: zone,
    ttl,
    primary: "ns-1536.awsdns-00.co.uk",
    admin: "awsdns-hostmaster.amazon.com",
    serial: 1,
    refresh: 7200,
    retry: 900,
    expiration: 1_209_600,
    minimum: 86_400,
  };
}
