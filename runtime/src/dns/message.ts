import { randomInt } from "node:crypto";
import { type Answer, type DecodedPacket, decode, encode } from "dns-packet";
import { canonicalName } from "../name.ts";

/** The record types this package asks for. */
export type QuestionType = "SRV" | "A" | "AAAA";

export interface Question {
  readonly name: string;
  readonly type: QuestionType;
}

export interface Query {
  readonly id: number;
  readonly question: Question;
  readonly bytes: Buffer;
}

/** What a server said, once it is known to be about our query. */
export interface Reply {
  readonly rcode: number;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

/** EDNS0 buffer size that fits every path unfragmented (DNS flag day 2020). */
const EDNS_BUFFER = 1232;
const RECURSION_DESIRED = 1 << 8;
const HEADER_BYTES = 12;

/** Response codes (RFC 1035, section 4.1.1) that decide what happens next. */
export const Rcode = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

export function rcodeName(rcode: number): string {
  return Object.entries(Rcode).find(([, value]) => value === rcode)?.[0] ?? `rcode ${rcode}`;
}

/** A query with a random id (RFC 5452, section 9.2). */
export function buildQuery(question: Question, options: { edns: boolean }): Query {
  const id = randomInt(0x1_0000);
  const bytes = encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name: question.name, type: question.type, class: "IN" }],
    additionals: options.edns
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
  return { id, question, bytes };
}

/**
 * Reads a datagram or TCP message as the reply to a query.
 *
 * @returns "truncated" when TC is set, undefined when it is malformed or not about this query: then
 * it is to be ignored, since anyone can send anything to a UDP port.
 */
export function parseReply(bytes: Buffer, query: Query): Reply | "truncated" | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(0) !== query.id) return undefined;
  const flags = bytes.readUInt16BE(2);
  const isResponse = (flags & 0x8000) !== 0;
  const isTruncated = (flags & 0x0200) !== 0;
  if (!isResponse) return undefined;
  // What was cut off cannot be decoded, and is asked for again over TCP anyway.
  if (isTruncated) return "truncated";
  let packet: DecodedPacket;
  try {
    packet = decode(bytes);
  } catch {
    return undefined;
  }
  const rcode = flags & 0xf;
  if (!isAbout(packet, query.question, rcode)) return undefined;
  return {
    rcode,
    answers: packet.answers ?? [],
    authorities: packet.authorities ?? [],
    additionals: packet.additionals ?? [],
  };
}

function isAbout(packet: DecodedPacket, question: Question, rcode: number): boolean {
  const [asked, ...more] = packet.questions ?? [];
  // Servers that could not read the question may leave it out of the error.
  if (asked === undefined) return rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN;
  return (
    more.length === 0 &&
    asked.type === question.type &&
    canonicalName(asked.name) === canonicalName(question.name)
  );
}
