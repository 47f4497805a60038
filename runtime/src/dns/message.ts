import { randomInt } from "node:crypto";
import { canonicalName } from "../base/name.ts";
import type { SrvAnswer, SrvTarget } from "../base/types.ts";
import { type DnsRecord, IN, OPT, Reader, type RecordOf, encodeName, typeNumber } from "./codec.ts";

export type QuestionType = "SRV" | "A" | "AAAA" | "SOA";

export interface Question {
  readonly name: string;
  readonly type: QuestionType;
}

/** A server's reply that matches our query, with its records of the class IN. */
export interface Reply extends Readonly<
  Record<"answers" | "authorities" | "additionals", readonly DnsRecord[]>
> {
  /** Includes the bits that EDNS adds (RFC 6891, section 6.1.3). */
  readonly rcode: number;
  readonly isAuthoritative: boolean;
}

/** Bits of the header flags (RFC 1035, section 4.1.1). */
const Flag = { QR: 0x8000, OPCODE: 0x7800, AA: 0x0400, TC: 0x0200, RCODE: 0x000f };

const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };
/** The response codes that are used here (RFC 1035, section 4.1.1; RFC 6891, section 9). */
export const Rcode = { ...CODES, BADVERS: 16 };

export function rcodeName(rcode: number): string {
  return Object.entries(Rcode).find(([, value]) => value === rcode)?.[0] ?? `rcode ${rcode}`;
}

/** A header after its id: recursion desired, one question, and no records but EDNS. */
const HEADER = [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0];
/** An EDNS record with a buffer size that avoids fragmentation on every path (DNS flag day 2020). */
const EDNS = [0, 0, OPT, 1232 >> 8, 1232 & 0xff, 0, 0, 0, 0, 0, 0];

export interface Query {
  readonly id: number;
  readonly question: Question;
  readonly edns: boolean;
  readonly bytes: Buffer;
}

/** A query with a random id (RFC 5452, section 9.2). @throws if the name does not fit into a DNS message */
export function buildQuery(question: Question, { edns }: { edns: boolean }): Query {
  const id = randomInt(0x1_0000);
  const header = [id >> 8, id & 0xff, ...HEADER, edns ? 1 : 0];
  const asked = [...encodeName(question.name), 0, typeNumber(question.type), 0, IN];
  return { id, question, edns, bytes: Buffer.from([...header, ...asked, ...(edns ? EDNS : [])]) };
}

/**
 * Reads a datagram or TCP message as the reply to a query.
 * @returns "truncated" if TC is set; "malformed" if its records cannot be read; undefined if it is no reply to this
 * query: anybody can send anything to a UDP port
 */
export function parseReply(bytes: Buffer, query: Query) {
  const from = new Reader(bytes);
  let header: ReturnType<typeof readHeader>;
  try {
    header = readHeader(from, query);
    return header && readRecords(from, header);
  } catch {
    return header && "malformed";
  }
}

/** @returns undefined unless it is a reply to the query */
function readHeader(from: Reader, { id, question }: Query) {
  if (from.uint16() !== id) return undefined;
  const flags = from.uint16();
  if ((flags & (Flag.QR | Flag.OPCODE)) !== Flag.QR) return undefined;
  const [questions, ...counts] = [from.uint16(), from.uint16(), from.uint16(), from.uint16()];
  const rcode = flags & Flag.RCODE;
  const isAbout =
    questions === 1 &&
    from.name().toLowerCase() === canonicalName(question.name) &&
    from.uint16() === typeNumber(question.type) &&
    from.uint16() === IN;
  // A server that could not read the question may leave it out of its error reply.
  const isBareError = questions === 0 && rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN;
  return isAbout || isBareError ? { flags, rcode, counts } : undefined;
}

function readRecords(
  from: Reader,
  { flags, rcode, counts }: NonNullable<ReturnType<typeof readHeader>>,
): Reply | "truncated" {
  // A truncated message may end within a record, and the query is repeated over TCP anyway.
  if ((flags & Flag.TC) !== 0) return "truncated";
  const [answers = [], authorities = [], additionals = []] = counts.map((n) => from.records(n));
  const isAuthoritative = (flags & Flag.AA) !== 0;
  const records = { answers, authorities, additionals };
  return { rcode: from.extendedRcode | rcode, isAuthoritative, ...records };
}

/** Maximum number of aliases of one name; a longer chain counts as endless. */
const MAX_ALIASES = 8;

/**
 * The records of a type in a reply for a name, after following its CNAMEs (RFC 1034, 3.6.2).
 * @returns with the minimum TTL of all of them, in seconds
 * @throws if the chain of CNAMEs is too long, or a loop
 */
export function findRecords<K extends QuestionType>(reply: Reply, name: string, type: K) {
  let owner = canonicalName(name);
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const own = reply.answers.filter((record) => record.name === owner);
    const records = own.filter((record) => record.type === type) as RecordOf<K>[];
    const alias = own.find((record) => record.type === "CNAME");
    if (records.length > 0 || alias === undefined) {
      return { records, ttl: records.reduce((least, r) => Math.min(least, r.ttl), ttl) };
    }
    ttl = Math.min(ttl, alias.ttl);
    owner = alias.data.toLowerCase();
  }
  throw new Error(`${name} leads through more than ${MAX_ALIASES} aliases`);
}

/** Whether a reply only refers to other servers; an empty answer has an SOA record, or nothing (RFC 2308, section 2.2). */
export function isReferral({ isAuthoritative, rcode, answers, authorities }: Reply): boolean {
  if (rcode !== Rcode.NOERROR || answers.length > 0 || isAuthoritative) return false;
  const types = authorities.map(({ type }) => type);
  return types.includes("NS") && !types.includes("SOA");
}

/** How many hosts of an answer are used: one message may name thousands, and each is looked up. */
const MOST_HOSTS = 100;

/**
 * The targets of an SRV answer, with addresses from the additional section; `ttl` is the minimum of all, in seconds. Of
 * more than {@link MOST_HOSTS} hosts, those of the first priorities are used.
 */
export function toTargets(reply: Reply, records: readonly RecordOf<"SRV">[]): SrvAnswer {
  const addresses = addressesByName(reply);
  let ttl = Number.POSITIVE_INFINITY;
  const byPriority = records.toSorted((a, b) => a.data.priority - b.data.priority);
  const hosts = new Set(byPriority.map(({ data }) => data.target));
  const used = new Set([...hosts].slice(0, MOST_HOSTS));
  const chosen = byPriority.filter(({ data }) => used.has(data.target));
  const targets = chosen.map((record): SrvTarget => {
    const { target: host, port, priority, weight } = record.data;
    const found = addresses.get(host.toLowerCase());
    ttl = Math.min(ttl, record.ttl, ...(found ?? []).map((address) => address.ttl));
    const fields = { host, port, priority, weight, ttl: record.ttl };
    return found === undefined ? fields : { ...fields, addresses: found.map(({ data }) => data) };
  });
  // A server may add the addresses of only one IP version.
  const partialAddresses = targets.some((target) => target.addresses !== undefined);
  return { targets, ttl, ...(partialAddresses && { partialAddresses }) };
}

function addressesByName(reply: Reply): Map<string, RecordOf<"A" | "AAAA">[]> {
  const byName = new Map<string, RecordOf<"A" | "AAAA">[]>();
  for (const record of reply.additionals) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    const addresses = byName.get(record.name);
    if (addresses === undefined) byName.set(record.name, [record]);
    else addresses.push(record);
  }
  return byName;
}

/** The TTL of a negative answer in seconds (RFC 2308, section 5); `fallback` if there is no SOA record. */
export function negativeTtl(reply: Reply, fallback: number): number {
  const soa = reply.authorities.find((record) => record.type === "SOA");
  return soa === undefined ? fallback : Math.min(soa.ttl, soa.data.minimum);
}
