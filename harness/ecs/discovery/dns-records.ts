/** A resource record of a private namespace. Names have no trailing dot; ttl is in seconds. */
export type DnsRecord = { readonly name: string; readonly ttl: number } & (
  | { readonly type: "A"; readonly address: string }
  | {
      readonly type: "SRV";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: "NS"; readonly ns: string }
  | {
      readonly type: "SOA";
      readonly primary: string;
      readonly admin: string;
      readonly serial: number;
      readonly refresh: number;
      readonly retry: number;
      readonly expiration: number;
      readonly minimum: number;
    }
);

export type RecordType = DnsRecord["type"];

/** Response codes, RFC 1035 section 4.1.1. */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
} as const;

/** A server's answer to one question. */
export interface DnsAnswer {
  readonly rcode: number;
  readonly answers: readonly DnsRecord[];
  /** The zone's SOA if the answer is negative. Its TTL limits caching (RFC 2308). */
  readonly authorities: readonly DnsRecord[];
}

/** Answers a question. The answer is negative for types without records (AAAA, TXT). */
export type DnsResponder = (name: string, type: RecordType | "OTHER" | "ANY") => DnsAnswer;

/** The form for comparing names: lower case (RFC 4343), without a trailing dot. */
export const canonical = (name: string): string => name.toLowerCase().replace(/\.$/, "");
