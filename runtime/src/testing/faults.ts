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
  readonly delay: number;
  /** Whether it applies to a query, which it then counts. */
  takes(query: DnsQuery): boolean;
  answer(request: DnsRequest): void;
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG for an unknown fault or a wrong option */
export function createFault(act: FaultKind | FaultHandler, options: FaultOptions): Fault {
  if (typeof act !== "function" && !Object.hasOwn(FAULTS, act)) {
    const names = Object.keys(FAULTS).join(", ");
    throw invalidArg("fault", act, `a function, null, or one of ${names}`);
  }
  checkOptions(options, ["name", "type", "times", "delay"], "fault options");
  const { name, type, times = Infinity } = options;
  if (!(times > 0)) throw invalidArg("times", times, "a number above 0");
  const delay = checkMilliseconds("delay", options.delay ?? 0, 0, act === "delay" ? 1 : 0);
  let left = times;
  return {
    delay,
    takes(query) {
      const isName = name === undefined || canonicalName(name) === query.name;
      return isName && (type === undefined || type.toUpperCase() === query.type) && left-- > 0;
    },
    answer({ query, response, send }) {
      if (typeof act === "function") {
        return void Promise.resolve().then(() => act({ query, answer: response.toBuffer(), send }));
      }
      const reply = FAULTS[act](response, query);
      if (reply !== undefined) send(reply);
    },
  };
}
