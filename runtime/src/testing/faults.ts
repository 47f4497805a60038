import type { Packet } from "dns2";
import { checkMilliseconds, invalidArg, isRecord, refuseUnknown } from "../base/checks.ts";
import { canonicalName } from "../base/name.ts";
import { OPT } from "../dns/codec.ts";
import { Rcode } from "../dns/message.ts";
import type { DnsQuery, FaultHandler, FaultKind, FaultOptions } from "./types.ts";

/** The result of a fault: a message, raw bytes, nothing, or a reset connection. */
type Reply = Packet | Buffer | "silence" | "reset";

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
  answer.additionals = answer.additionals.filter(({ type }) => type === OPT);
  return withHeader(answer, header);
}

/** A complete answer, but for another name. */
function wrongQuestion(answer: Packet): Packet {
  const [question] = answer.questions;
  if (question === undefined) return answer;
  const name = `wrong.${question.name}`;
  for (const record of answer.answers) if (record.name === question.name) record.name = name;
  question.name = name;
  return answer;
}

/** An active fault: what it does, and which queries it applies to. */
export interface Fault {
  readonly act: FaultKind | FaultHandler;
  readonly options: FaultOptions;
  left: number;
}

/** Checks kind and options. Throws `ERR_SRV_INVALID_ARG`. */
export function createFault(act: FaultKind | FaultHandler, options: FaultOptions): Fault {
  if (typeof act !== "function" && !Object.hasOwn(REPLIES, act)) {
    throw invalidArg(
      "fault",
      act,
      `a function, null, or one of ${Object.keys(REPLIES).join(", ")}`,
    );
  }
  const given: unknown = options;
  if (!isRecord(given)) throw invalidArg("fault options", given, "an object");
  refuseUnknown("", options, [
    "name",
    "type",
    "transport",
    "edns",
    "times",
    "delay",
  ] satisfies (keyof FaultOptions)[]);
  const { times = Infinity, transport } = options;
  if (!(times > 0)) throw invalidArg("times", times, "a number above 0");
  const delay = checkMilliseconds("delay", options.delay, 0, 0);
  if (act === "delay" && delay === 0) throw invalidArg("delay", delay, "above 0 for this fault");
  if (transport !== undefined && transport !== "udp" && transport !== "tcp") {
    throw invalidArg("transport", transport, '"udp" or "tcp"');
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
