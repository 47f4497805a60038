import { type Answer, TRUNCATED_RESPONSE, decode, encode } from "dns-packet";
import type { DnsServer, FaultContext, FaultHandler } from "../../runtime/src/testing.ts";

/** A kind of reply to a query for SRV records. */
export interface ReplyKind {
  readonly title: string;
  /** Makes the server give this reply for the name. */
  readonly arrange: (dns: DnsServer, name: string) => void;
}

const RECORD = { host: "redis-1.dev-ecs", port: 6379, priority: 1, weight: 2 };
const MANY = Array.from({ length: 40 }, (_, at) => ({ ...RECORD, host: `redis-${at}.dev-ecs` }));

/** The kinds, in the order of the table. */
export const REPLY_KINDS: readonly ReplyKind[] = [
  {
    title: "a record",
    arrange(dns, name) {
      dns.setSrv(name, RECORD);
      dns.fault(sendUncompressed, { name });
    },
  },
  {
    title: "a record with a compressed target",
    arrange: (dns, name) => dns.setSrv(name, RECORD),
  },
  {
    title: "the target `.`: no service",
    arrange: (dns, name) => dns.setSrv(name, { host: ".", port: 0 }),
  },
  {
    title: "an alias of a name with a record",
    arrange(dns, name) {
      dns.setSrv(name, RECORD);
      dns.fault(sendAlias, { name });
    },
  },
  {
    title: "40 records: truncated over UDP, complete over TCP",
    arrange(dns, name) {
      dns.setSrv(name, MANY);
      dns.fault(sendTruncated, { name });
    },
  },
  { title: "NXDOMAIN: no such name", arrange: (dns, name) => dns.remove(name) },
  { title: "no SRV records of the name", arrange: (dns, name) => dns.setSrv(name, []) },
  { title: "SERVFAIL", arrange: (dns, name) => void dns.fault("servfail", { name }) },
  { title: "REFUSED", arrange: (dns, name) => void dns.fault("refused", { name }) },
  { title: "FORMERR to EDNS, else a record", arrange: withoutEdns },
  {
    title: "the answer to another query, then the record",
    arrange(dns, name) {
      dns.setSrv(name, RECORD);
      dns.fault(sendAfterForged, { name });
    },
  },
  {
    title: "bytes that are no DNS message",
    arrange: (dns, name) => void dns.fault(({ send }) => send(Buffer.from("garbage")), { name }),
  },
  { title: "no reply", arrange: (dns, name) => void dns.fault("drop", { name }) },
];

/** The library writes names without pointers. */
function uncompressed(answer: Buffer): Buffer {
  return encode(decode(answer));
}

const sendUncompressed: FaultHandler = ({ answer, send }) => send(uncompressed(answer));

const sendAlias: FaultHandler = ({ query: { name }, answer, send }) => {
  const message = decode(uncompressed(answer));
  const other = `other.${name}`;
  const alias: Answer = { type: "CNAME", name, ttl: 10, data: other };
  const found = (message.answers ?? []).map((record) => ({ ...record, name: other }));
  send(encode({ ...message, answers: [alias, ...found] }));
};

const sendTruncated: FaultHandler = ({ query, answer, send }) => {
  const message = decode(uncompressed(answer));
  const flags = (message.flags ?? 0) | TRUNCATED_RESPONSE;
  send(encode(query.transport === "tcp" ? message : { ...message, flags, answers: [] }));
};

const sendAfterForged: FaultHandler = ({ answer, send }) => {
  const message = decode(uncompressed(answer));
  send(encode({ ...message, id: (message.id ?? 0) ^ 1, answers: [] }));
  send(encode(message));
};

/** An old server that does not know EDNS (RFC 6891, section 7). */
function withoutEdns(dns: DnsServer, name: string): void {
  const FORMERR = 1;
  dns.setSrv(name, RECORD);
  const refuse = ({ query, answer, send }: FaultContext): void => {
    const message = decode(uncompressed(answer));
    const { id = 0, questions = [], flags = 0 } = message;
    const refused = { type: "response", id, questions, flags: flags | FORMERR } as const;
    send(encode(query.edns ? refused : message));
  };
  dns.fault(refuse, { name });
}
