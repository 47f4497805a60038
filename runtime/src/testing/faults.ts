import { Packet } from "dns2";
import { MAX_TIMER } from "../base/checks.ts";
import { canonicalName } from "../base/name.ts";
import { Rcode } from "../dns/message.ts";
import { checkOptions, invalid } from "./checks.ts";
import type { DnsQuery, FaultHandler, FaultKind, FaultOptions } from "./types.ts";

/** The result of a fault: a message, raw bytes, nothing, or a reset connection. */
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

/** Changes the correct reply according to the fault. */
export function spoil(kind: FaultKind, answer: Packet, query: DnsQuery): Reply {
  return REPLIES[kind](answer, query);
}

function withHeader(answer: Packet, header: Partial<Packet["header"]>): Packet {
  Object.assign(answer.header, header);
  return answer;
}

/** The answer without its records; an OPT record stays, as RFC 6891 section 7 requires. */
function bare(answer: Packet, header: Partial<Packet["header"]>): Packet {
  answer.answers = [];
  answer.authorities = [];
  answer.additionals = answer.additionals.filter(({ type }) => type === Packet.TYPE.EDNS);
  return withHeader(answer, header);
}

/** A complete answer, but for another name. */
function wrongQuestion(answer: Packet): Packet {
  const [question] = answer.questions;
  if (question === undefined) return answer;
  const name = `wrong.${question.name}`;
  for (const record of answer.answers) if (record.name === question.name) record.name = name;
  answer.questions = [new Packet.Question(name, question.type, question.class)];
  return answer;
}

/** An active fault: what it does, and which queries it applies to. */
export interface Fault {
  readonly act: FaultKind | FaultHandler;
  readonly options: FaultOptions;
  left: number;
}

const OPTIONS = [
  "name",
  "type",
  "transport",
  "edns",
  "times",
  "delay",
] satisfies (keyof FaultOptions)[];

/** Checks kind and options. Throws `ERR_SRV_INVALID_ARG`. */
export function createFault(act: FaultKind | FaultHandler, options: FaultOptions): Fault {
  if (typeof act !== "function" && !Object.hasOwn(REPLIES, act)) {
    const kinds = Object.keys(REPLIES).join(", ");
    throw invalid("fault", act, `a function, null, or one of ${kinds}`);
  }
  checkOptions("fault option", options, OPTIONS);
  const { times = Infinity, delay = 0, transport } = options;
  if (!(times > 0)) throw invalid("fault option times", times, "a number above 0");
  if (!(delay >= 0 && delay <= MAX_TIMER)) {
    throw invalid("fault option delay", delay, `milliseconds from 0 to ${MAX_TIMER}`);
  }
  if (act === "delay" && delay === 0) {
    throw invalid("fault option delay", delay, "more than 0 milliseconds for the fault delay");
  }
  if (transport !== undefined && transport !== "udp" && transport !== "tcp") {
    throw invalid("fault option transport", transport, '"udp" or "tcp"');
  }
  return { act, options, left: times };
}

/** Whether a fault applies to a query. */
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
