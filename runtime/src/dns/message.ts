import { randomInt } from "node:crypto";
import { type DnsRecord, IN, OPT, Reader, canonical, encodeName, typeNumber } from "./codec.ts";

/** The record types that this package queries. */
export type QuestionType = "SRV" | "A" | "AAAA";

export interface Question {
  readonly name: string;
  readonly type: QuestionType;
}

export interface Query {
  readonly id: number;
  readonly question: Question;
  readonly edns: boolean;
  readonly bytes: Buffer;
}

/** A server's reply that matches our query, with its records of the class IN. */
export interface Reply {
  /** Includes the bits that EDNS adds (RFC 6891, section 6.1.3). */
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** An EDNS record with a buffer size that avoids fragmentation on every path (DNS flag day 2020). */
const EDNS_RECORD = [0, 0, OPT, 1232 >> 8, 1232 & 0xff, 0, 0, 0, 0, 0, 0];
const HEADER_BYTES = 12;

/** Bits of the header flags (RFC 1035, section 4.1.1). */
const Flag = {
  RESPONSE: 1 << 15,
  OPCODE: 0xf << 11,
  AUTHORITATIVE: 1 << 10,
  TRUNCATED: 1 << 9,
  RECURSION_DESIRED: 1 << 8,
};

/** The response codes that are used here (RFC 1035, section 4.1.1; RFC 6891, section 9). */
export const Rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
};

export function rcodeName(rcode: number): string {
  return Object.entries(Rcode).find(([, value]) => value === rcode)?.[0] ?? `rcode ${rcode}`;
}

/**
 * A query with a random id (RFC 5452, section 9.2).
 *
 * @throws if the name does not fit into a DNS message
 */
export function buildQuery(question: Question, { edns }: { edns: boolean }): Query {
  const id = randomInt(0x1_0000);
  const name = encodeName(question.name);
  const header = [
    id >> 8,
    id & 0xff,
    Flag.RECURSION_DESIRED >> 8,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    edns ? 1 : 0,
  ];
  const type = [0, typeNumber(question.type), 0, IN];
  const bytes = Buffer.from([...header, ...name, ...type, ...(edns ? EDNS_RECORD : [])]);
  return { id, question, edns, bytes };
}

/**
 * Reads a datagram or TCP message as the reply to a query.
 *
 * @returns "truncated" if TC is set; undefined if it is malformed or belongs to another query. Ignore
 * the latter, as anybody can send anything to a UDP port.
 */
export function parseReply(bytes: Buffer, query: Query): Reply | "truncated" | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(0) !== query.id) return undefined;
  const flags = bytes.readUInt16BE(2);
  if ((flags & Flag.RESPONSE) === 0 || (flags & Flag.OPCODE) !== 0) return undefined;
  try {
    return readReply(bytes, flags, query.question);
  } catch {
    // It is malformed.
    return undefined;
  }
}

function readReply(
  bytes: Buffer,
  flags: number,
  question: Question,
): ReturnType<typeof parseReply> {
  const from = new Reader(bytes, 4);
  const [questions, ...counts] = [from.uint16(), from.uint16(), from.uint16(), from.uint16()];
  const rcode = flags & 0xf;
  // A server that could not read the question may leave it out of its error reply.
  const isBareError = questions === 0 && rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN;
  if (!isBareError && !(questions === 1 && isAbout(from, question))) return undefined;
  // A truncated message may end within a record, and the query is repeated over TCP anyway.
  if ((flags & Flag.TRUNCATED) !== 0) return "truncated";
  const [answers = [], authorities = [], additionals = []] = counts.map((count) =>
    from.records(count),
  );
  const isAuthoritative = (flags & Flag.AUTHORITATIVE) !== 0;
  return { rcode: from.extendedRcode | rcode, isAuthoritative, answers, authorities, additionals };
}

function isAbout(from: Reader, { name, type }: Question): boolean {
  return (
    from.name().toLowerCase() === canonical(name) &&
    from.uint16() === typeNumber(type) &&
    from.uint16() === IN
  );
}
