import type { Packet } from "dns2";
import { checkMilliseconds, checkOptions, invalidArg } from "../base/checks.ts";
import { canonicalName } from "../base/name.ts";
import { Rcode } from "../dns/message.ts";
import type { DnsRequest } from "./transport.ts";
import type { DnsQuery, FaultHandler, FaultKind, FaultOptions } from "./types.ts";

/** What each fault sends in place of the answer; undefined for nothing. */
const FAULTS: Record<FaultKind, (answer: Packet, query: DnsQuery) => Packet | undefined> = {
  servfail: (answer) => withoutRecords(answer, { rcode: Rcode.SERVFAIL }),
  refused: (answer) => withoutRecords(answer, { rcode: Rcode.REFUSED }),
  nxdomain: (answer) => withoutRecords(answer, { rcode: Rcode.NXDOMAIN }),
  nodata: (answer) => withoutRecords(answer, { rcode: Rcode.NOERROR }),
  drop: () => undefined,
  delay: (answer) => answer,
  truncate: (answer, query) =>
    query.transport === "udp" ? withoutRecords(answer, { tc: 1 }) : answer,
};

function withoutRecords(answer: Packet, header: Partial<Packet["header"]>): Packet {
  Object.assign(answer.header, header);
  return Object.assign(answer, { answers: [], authorities: [], additionals: [] });
}

export interface Fault {
  readonly act: FaultKind | FaultHandler;
  readonly options: FaultOptions;
  left: number;
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG for an unknown fault or a wrong option */
export function createFault(act: FaultKind | FaultHandler, options: FaultOptions): Fault {
  if (typeof act !== "function" && !Object.hasOwn(FAULTS, act)) {
    const names = Object.keys(FAULTS).join(", ");
    throw invalidArg("fault", act, `a function, null, or one of ${names}`);
  }
  checkOptions(options, ["name", "type", "times", "delay"], "fault options");
  const { times = Infinity } = options;
  if (!(times > 0)) throw invalidArg("times", times, "a number above 0");
  const delay = checkMilliseconds("delay", options.delay, 0, 0);
  if (act === "delay" && delay === 0) throw invalidArg("delay", delay, "above 0 for this fault");
  return { act, options, left: times };
}

export function appliesTo({ left, options: { name, type } }: Fault, query: DnsQuery): boolean {
  const isName = name === undefined || canonicalName(name) === query.name;
  return left > 0 && isName && (type === undefined || type.toUpperCase() === query.type);
}

export function answerBadly({ act }: Fault, { isOpen, query, response, send }: DnsRequest): void {
  if (!isOpen()) return;
  if (typeof act === "function") {
    return void Promise.resolve().then(() => act({ query, answer: response.toBuffer(), send }));
  }
  const reply = FAULTS[act](response, query);
  if (reply !== undefined) send(reply);
}
