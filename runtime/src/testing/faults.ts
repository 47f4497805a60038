import { Packet } from "dns2";
import { canonicalName } from "../base/name.ts";
import { Rcode } from "../dns/message.ts";
import { invalid } from "./checks.ts";

/** A query that reached the server. */
export interface DnsQuery {
  /** As asked, in lower case and without a trailing dot. */
  name: string;
  /** `"SRV"`, `"A"`, `"AAAA"`, ..., or `"TYPE<number>"`. */
  type: string;
  transport: "udp" | "tcp";
  /** Whether the query carried an EDNS record (RFC 6891). */
  edns: boolean;
  /** Milliseconds since the epoch. */
  time: number;
}

/**
 * What the server does wrong on purpose.
 *
 * - `servfail`, `refused`, `formerr`, `notimp`, `nxdomain`: that response code, no records
 * - `nodata`: NOERROR without records
 * - `drop`: silence
 * - `reset`: over TCP the connection is reset, over UDP silence
 * - `delay`: the right answer, `delay` milliseconds late
 * - `truncate`: over UDP the TC bit and no records, over TCP the right answer
 * - `wrongId`, `wrongQuestion`: a reply that belongs to another query
 * - `garbage`: the right id, then bytes that are no DNS message
 */
export type FaultKind =
  | "servfail"
  | "refused"
  | "formerr"
  | "notimp"
  | "nxdomain"
  | "nodata"
  | "drop"
  | "reset"
  | "delay"
  | "truncate"
  | "wrongId"
  | "wrongQuestion"
  | "garbage";

/** Which queries a fault meets: all that are given must hold. Without any, every query. */
export interface FaultOptions {
  /** Only queries for this name. */
  name?: string;
  /** Only queries of this type, such as `"SRV"`. */
  type?: string;
  transport?: "udp" | "tcp";
  /** Only queries with (`true`) or without (`false`) an EDNS record. */
  edns?: boolean;
  /** How many queries it meets before it is gone. @default Infinity */
  times?: number;
  /** Milliseconds before the fault acts. @default 0 */
  delay?: number;
}

/** What a handler of your own works with. */
export interface FaultContext {
  readonly query: DnsQuery;
  /** The reply the server would have sent, as bytes; the id is its first two. */
  readonly answer: Buffer;
  /** Sends these bytes as they are (over TCP with their length in front). May be called often. */
  readonly send: (message: Buffer) => void;
}

export type FaultHandler = (context: FaultContext) => void | Promise<void>;

/** What becomes of a reply: a message, raw bytes, nothing, or a reset connection. @internal */
export type Reply = Packet | Buffer | "silence" | "reset";

const REPLIES: Record<FaultKind, (answer: Packet, query: DnsQuery) => Reply> = {
  servfail: (answer) => bare(answer, { rcode: Rcode.SERVFAIL }),
  refused: (answer) => bare(answer, { rcode: Rcode.REFUSED }),
  formerr: (answer) => bare(answer, { rcode: Rcode.FORMERR }),
  notimp: (answer) => bare(answer, { rcode: Rcode.NOTIMP }),
  nxdomain: (answer) => bare(answer, { rcode: Rcode.NXDOMAIN }),
  nodata: (answer) => bare(answer, { rcode: Rcode.NOERROR }),
  drop: () => "silence",
  reset: (_answer, { transport }) => (transport === "tcp" ? "reset" : "silence"),
  delay: (answer) => answer,
  truncate: (answer, { transport }) => (transport === "udp" ? bare(answer, { tc: 1 }) : answer),
  wrongId: (answer) => withHeader(answer, { id: (answer.header.id + 1) & 0xffff }),
  wrongQuestion,
  garbage: ({ header }) => {
    const bytes = Buffer.alloc(40, 0xff);
    bytes.writeUInt16BE(header.id, 0);
    bytes.writeUInt16BE(0x8180, 2); // a reply without error, so that only its body is wrong
    return bytes;
  },
};

/** The reply that a fault makes of the right one. @internal */
export function spoil(kind: FaultKind, answer: Packet, query: DnsQuery): Reply {
  return REPLIES[kind](answer, query);
}

function withHeader(answer: Packet, header: Partial<Packet["header"]>): Packet {
  Object.assign(answer.header, header);
  return answer;
}

/** The answer without its records; an OPT record stays, as RFC 6891 section 7 asks. */
function bare(answer: Packet, header: Partial<Packet["header"]>): Packet {
  answer.answers = [];
  answer.authorities = [];
  answer.additionals = answer.additionals.filter(({ type }) => type === Packet.TYPE.EDNS);
  return withHeader(answer, header);
}

/** A whole answer, but to a question about another name. */
function wrongQuestion(answer: Packet): Packet {
  const [question] = answer.questions;
  if (question === undefined) return answer;
  const name = `wrong.${question.name}`;
  for (const record of answer.answers) if (record.name === question.name) record.name = name;
  answer.questions = [new Packet.Question(name, question.type, question.class)];
  return answer;
}

/** A fault that is set: what it does and which queries it still meets. @internal */
export interface Fault {
  readonly act: FaultKind | FaultHandler;
  readonly options: FaultOptions;
  left: number;
}

/** Checks kind and options. Throws `ERR_SRV_INVALID_ARG`. @internal */
export function createFault(act: FaultKind | FaultHandler, options: FaultOptions): Fault {
  if (typeof act !== "function" && !Object.hasOwn(REPLIES, act)) {
    const kinds = Object.keys(REPLIES).join(", ");
    throw invalid("fault", act, `a function, null, or one of ${kinds}`);
  }
  const { times = Infinity, delay = 0, transport } = options;
  if (!(times > 0)) throw invalid("fault option times", times, "a number above 0");
  if (!(delay >= 0 && delay <= 2 ** 31 - 1)) {
    throw invalid("fault option delay", delay, "milliseconds from 0 to 2147483647");
  }
  if (act === "delay" && delay === 0) {
    throw invalid("fault option delay", delay, "more than 0 milliseconds for the fault delay");
  }
  if (transport !== undefined && transport !== "udp" && transport !== "tcp") {
    throw invalid("fault option transport", transport, '"udp" or "tcp"');
  }
  return { act, options, left: times };
}

/** Whether a fault meets a query. @internal */
export function meets({ left, options }: Fault, query: DnsQuery): boolean {
  const { name, type, transport, edns } = options;
  return (
    left > 0 &&
    (name === undefined || canonicalName(name) === query.name) &&
    (type === undefined || type.toUpperCase() === query.type) &&
    (transport === undefined || transport === query.transport) &&
    (edns === undefined || edns === query.edns)
  );
}
