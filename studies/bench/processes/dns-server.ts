import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type Answer, type Question, decode, encode } from "dns-packet";
import { sharedNow } from "../worker.ts";

/** What the server answers. */
export interface Zone {
  /** The SRV record of each name. null: there is no such name. All other names have the address 127.0.0.1. */
  readonly srv: Readonly<Record<string, { target: string; port: number; ttl: number } | null>>;
  /** Whether an SRV answer has the address of the target in the additional section. */
  readonly additional: boolean;
  /** Delay of each answer in ms, as for a resolver on another machine. */
  readonly delay: number;
  /** Whether it does not answer. The port stays bound, so clients get no error. */
  readonly silent: boolean;
}

const [AUTHORITATIVE_ANSWER, NXDOMAIN] = [1 << 10, 3];
/** Seconds of addresses, and of negative answers: much more than the dialer's `negativeTtl`. */
const [TTL, NEGATIVE_TTL] = [60, 5];
/** For Atomics.wait, which always runs into its timeout of 0.02 ms. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));

let zone: Zone = { srv: {}, additional: false, delay: 0, silent: false };
let queries: Record<string, number> = {};
/** Cached, and sent with the query's id: the server's time is part of all measurements, so it must be short. */
const replies = new Map<string, { readonly type: string; readonly packet: Buffer }>();

const socket = createSocket("udp4", (query, { port, address }) => {
  const { type, packet } = replyTo(query);
  queries[type] = (queries[type] ?? 0) + 1;
  if (zone.silent) return;
  const send = (): void => {
    query.copy(packet, 0, 0, 2);
    socket.send(packet, port, address);
  };
  if (zone.delay === 0) send();
  else at(performance.now() + zone.delay, send);
});

export async function listen(): Promise<number> {
  await once(socket.bind(0, "127.0.0.1"), "listening");
  return socket.address().port;
}

/** Names that are left out keep their records. @returns the time of the change, which {@link sharedNow} measures */
export function change(given: Partial<Zone>): number {
  zone = { ...zone, ...given, srv: { ...zone.srv, ...given.srv } };
  replies.clear();
  return sharedNow();
}

/** @returns the number of queries by type since the last call */
export function takeQueries(): Readonly<Record<string, number>> {
  const taken = queries;
  queries = {};
  return taken;
}

/** Timers have whole milliseconds only. Sleeps between two reads of the clock, to leave the CPU to the contestants. */
function at(time: number, act: () => void): void {
  setImmediate(() => {
    if (performance.now() >= time) return act();
    Atomics.wait(sleeper, 0, 0, 0.02);
    at(time, act);
  });
}

function replyTo(query: Buffer) {
  const key = query.toString("latin1", 2);
  const known = replies.get(key);
  if (known !== undefined) return known;
  const [question] = decode(query).questions ?? [];
  if (question === undefined) throw new Error("a query has no question");
  const reply = { type: question.type, packet: packetFor(question) };
  replies.set(key, reply);
  return reply;
}

function packetFor(question: Question): Buffer {
  const name = question.name.toLowerCase();
  const srv = zone.srv[name];
  const answers: Answer[] = [];
  if (question.type === "SRV" && srv) {
    const { ttl, ...data } = srv;
    answers.push({ name, type: "SRV", ttl, data: { ...data, priority: 1, weight: 1 } });
  }
  if (question.type === "A" && srv === undefined) answers.push(addressOf(name));
  const soa = { mname: "ns.test", rname: "hostmaster.test", serial: 1, minimum: NEGATIVE_TTL };
  const negative: Answer = { name: "test", type: "SOA", ttl: NEGATIVE_TTL, data: soa };
  return encode({
    type: "response",
    flags: AUTHORITATIVE_ANSWER | (srv === null ? NXDOMAIN : 0),
    questions: [question],
    answers,
    authorities: answers.length === 0 ? [negative] : [],
    additionals: zone.additional && srv ? [addressOf(srv.target)] : [],
  });
}

const addressOf = (name: string): Answer => ({ name, type: "A", ttl: TTL, data: "127.0.0.1" });
