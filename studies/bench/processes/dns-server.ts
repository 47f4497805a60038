import { createSocket } from "node:dgram";
import { type Answer, type Question, decode, encode } from "dns-packet";
import { serve, sharedNow } from "./serve.ts";

/** The records of the server; names in lower case. */
export interface Zone {
  /** Whether answers have the addresses of targets in the additional section. */
  readonly additional: boolean;
  /** Delay of each answer in ms, as for a resolver on another machine. @default 0 */
  readonly delay?: number;
  readonly srv: Record<string, readonly { target: string; port: number; ttl: number }[]>;
  readonly a: Record<string, string>;
}

const AUTHORITATIVE_ANSWER = 1 << 10;
const NXDOMAIN = 3;
const ADDRESS_TTL = 60;
/** Seconds; much more than the dialer's `negativeTtl`. */
const NEGATIVE_TTL = 5;

/** ms between two reads of the clock. */
const POLL_INTERVAL = 0.02;
/** For Atomics.wait, which always runs into its timeout. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));

interface Reply {
  readonly type: string;
  readonly packet: Buffer;
}

let zone: Zone = { additional: false, srv: {}, a: {} };
let isSilent = false;
/** By type. */
let queries: Record<string, number> = {};
/** Cached, and sent with the query's id: the server's time is part of all measurements, so it must be short. */
const replies = new Map<string, Reply>();

serve({
  listen: () =>
    new Promise((resolve, reject) => {
      const socket = createSocket("udp4", (query, { port, address }) => {
        const { type, packet } = replyTo(query);
        queries[type] = (queries[type] ?? 0) + 1;
        if (isSilent) return;
        const send = (): void => {
          query.copy(packet, 0, 0, 2);
          socket.send(packet, port, address);
        };
        const { delay = 0 } = zone;
        if (delay === 0) send();
        else at(performance.now() + delay, send);
      });
      socket.on("error", reject);
      socket.bind(0, "127.0.0.1", () => resolve(socket.address().port));
    }),
  /** @returns the time at which the new records became visible */
  setZone: (given: Zone) => {
    zone = given;
    replies.clear();
    return sharedNow();
  },
  /** Replaces the SRV records of a name. Without records, the name does not exist. */
  setSrv: ({ name, records }: { name: string; records: Zone["srv"][string] }) => {
    const { [name]: _, ...others } = zone.srv;
    zone = { ...zone, srv: records.length === 0 ? others : { ...others, [name]: records } };
    replies.clear();
    return sharedNow();
  },
  /** Sets the delay of each answer, in ms. */
  setDelay: (delay: number) => {
    zone = { ...zone, delay };
  },
  /** Stops or restarts answering. The port stays bound, so clients get no error. */
  setSilent: (given: boolean) => {
    isSilent = given;
  },
  /** @returns the number of queries by type since the last call */
  takeQueries: () => {
    const taken = queries;
    queries = {};
    return taken;
  },
});

/**
 * Calls `act` at a time on the monotonic clock. Timers are not exact enough: they have whole milliseconds. Sleeps
 * between two reads of the clock, so that it takes no CPU time from the contestants.
 */
function at(time: number, act: () => void): void {
  setImmediate(() => {
    if (performance.now() >= time) return act();
    Atomics.wait(sleeper, 0, 0, POLL_INTERVAL);
    at(time, act);
  });
}

function replyTo(query: Buffer): Reply {
  const key = query.toString("latin1", 2);
  let reply = replies.get(key);
  if (reply === undefined) {
    const { questions: [question] = [] } = decode(query);
    reply = { type: question?.type ?? "", packet: buildReply(question) };
    replies.set(key, reply);
  }
  return reply;
}

function buildReply(question: Question | undefined): Buffer {
  const name = question?.name.toLowerCase() ?? "";
  const answers = question === undefined ? [] : recordsOf(name, question.type);
  const exists = name in zone.srv || name in zone.a;
  return encode({
    type: "response",
    flags: AUTHORITATIVE_ANSWER | (exists ? 0 : NXDOMAIN),
    questions: question === undefined ? [] : [question],
    answers,
    authorities: answers.length === 0 ? [startOfAuthority(name)] : [],
    additionals: zone.additional ? answers.flatMap((answer) => addressesFor(answer)) : [],
  });
}

function recordsOf(name: string, type: string): Answer[] {
  if (type === "A") return addressRecords(name);
  if (type !== "SRV") return [];
  return (zone.srv[name] ?? []).map(({ target, port, ttl }) => ({
    name,
    type: "SRV",
    ttl,
    data: { target, port, priority: 1, weight: 1 },
  }));
}

function addressesFor(answer: Answer): Answer[] {
  return answer.type === "SRV" ? addressRecords(answer.data.target) : [];
}

function addressRecords(name: string): Answer[] {
  const data = zone.a[name];
  return data === undefined ? [] : [{ name, type: "A", ttl: ADDRESS_TTL, data }];
}

function startOfAuthority(name: string): Answer {
  const data = { mname: "ns.test", rname: "hostmaster.test", serial: 1, minimum: NEGATIVE_TTL };
  return { name: name.split(".").slice(-1).join("."), type: "SOA", ttl: NEGATIVE_TTL, data };
}
