import { randomInt } from "node:crypto";
import { type Answer, type DecodedPacket, type OptAnswer, decode, encode } from "dns-packet";
import { canonicalName, withoutTrailingDot } from "../base/name.ts";
import { HEADER_BYTES, type Layout, hasPointerChain, layoutOf } from "./layout.ts";
import { toPresentation } from "./presentation.ts";

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
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

type Section = "questions" | "answers" | "authorities" | "additionals";

/** The decoder gives every section, including empty ones. */
type Decoded = { readonly [Each in Section]: NonNullable<DecodedPacket[Each]> };

/** EDNS0 buffer size that avoids fragmentation on every path (DNS flag day 2020). */
const EDNS_BUFFER = 1232;
/** A, NS, CNAME, SOA, AAAA, SRV and OPT: the records that are read. */
const READ_TYPES: readonly number[] = [1, 2, 5, 6, 28, 33, 41];
/** A type for private use, which the codec does not know (RFC 6895, section 3.1). */
const UNKNOWN_TYPE = 0xff00;

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
  checkEncodable(question.name);
  const id = randomInt(0x1_0000);
  const bytes = encode({
    id,
    flags: Flag.RECURSION_DESIRED,
    questions: [{ name: question.name, type: question.type, class: "IN" }],
    additionals: edns
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: EDNS_BUFFER,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
  return { id, question, edns, bytes };
}

/** Checks the name, as targets and foreign resolvers can give any text, and the encoder does not check it. */
function checkEncodable(name: string): void {
  const labels = withoutTrailingDot(name)
    .split(".")
    .map((label) => Buffer.byteLength(label));
  const fits = labels.every((length) => length >= 1 && length <= 63);
  // Each label has a length byte, and the empty root label ends the name (RFC 1035, section 2.3.4).
  if (!fits || labels.reduce((sum, length) => sum + length + 1, 1) > 255) {
    throw new Error(`"${toPresentation(name.slice(0, 80))}" is not a DNS name`);
  }
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
  const isTruncated = (flags & Flag.TRUNCATED) !== 0;
  // A truncated message cannot be decoded, and the query is repeated over TCP anyway.
  const packet = tryDecode(isTruncated ? withoutRecords(bytes) : bytes);
  if (packet === undefined || !isAbout(packet, query.question, flags & 0xf)) return undefined;
  if (isTruncated) return "truncated";
  const edns = packet.additionals.find((record): record is OptAnswer => record.type === "OPT");
  return {
    rcode: ((edns?.extendedRcode ?? 0) << 4) | (flags & 0xf),
    isAuthoritative: (flags & Flag.AUTHORITATIVE) !== 0,
    answers: ofInternet(packet.answers),
    authorities: ofInternet(packet.authorities),
    additionals: ofInternet(packet.additionals),
  };
}

/** The records of the class IN. The decoder interprets the highest bit of a class as multicast DNS. */
function ofInternet(records: readonly Answer[]): Answer[] {
  return records.filter(
    (record) => record.type !== "OPT" && record.class === "IN" && record.flush !== true,
  );
}

function tryDecode(bytes: Buffer): Decoded | undefined {
  const layout = layoutOf(bytes);
  if (layout === undefined || hasPointerChain(bytes)) return undefined;
  try {
    const packet = decode(withoutOtherTypes(bytes, layout)) as Decoded;
    // If a record's data did not match its length, it and the records after it were decoded wrongly.
    return decode.bytes === layout.end ? packet : undefined;
  } catch {
    // The message is malformed.
  }
  return undefined;
}

/**
 * The message with the types of unused records replaced by an unknown type, so that the codec reads
 * their data as bytes. For some types it would lose its position and start again at the header.
 */
function withoutOtherTypes(bytes: Buffer, { types }: Layout): Buffer {
  const others = types.filter((at) => !READ_TYPES.includes(bytes.readUInt16BE(at)));
  // Stryker disable next-line ConditionalExpression: saves a copy with the same bytes
  if (others.length === 0) return bytes;
  const masked = Buffer.from(bytes);
  for (const at of others) masked.writeUInt16BE(UNKNOWN_TYPE, at);
  return masked;
}

/** The message without its records: the counts of all sections except the question are 0. */
function withoutRecords(bytes: Buffer): Buffer {
  return Buffer.from(bytes).fill(0, 6, HEADER_BYTES);
}

function isAbout(packet: Decoded, question: Question, rcode: number): boolean {
  const [asked, ...more] = packet.questions;
  // A server that could not read the question may leave it out of its error reply.
  if (asked === undefined) return rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN;
  return (
    more.length === 0 &&
    asked.type === question.type &&
    asked.class === "IN" &&
    canonicalName(asked.name) === canonicalName(question.name)
  );
}
