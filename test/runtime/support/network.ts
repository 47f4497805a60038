// A simulated network without sockets, and a clock that tests advance.
import { Socket } from "node:net";

import { onTestFinished } from "vitest";

import { type DialOptions, Dialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import type { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type {
  SrvAnswer,
  SrvDialerOptions,
  SrvResolver,
  SrvVerify,
} from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { failureOf } from "./failures.ts";
import { NAME, answerWith, resolverOf, target } from "./sources.ts";

/** How a port responds to connections, after a time in ms. @default "silent" */
export type Port = "accepts" | "refuses" | "silent" | `${"accepts" | "refuses"} after ${number}`;

/** A fixed response, or one for each connection. */
export type Behaviour = Port | ((to: To) => Port);

interface To {
  readonly host: string;
  readonly port: number;
}

export interface Connecting {
  readonly options: To;
  readonly socket: Socket;
  /** When it began, in ms of the clock. */
  readonly at: number;
}

/**
 * A dialer in this network. Tests can change the ports. At the end of the test it is closed, and leaves no timer.
 * @param random the order stays the given one by default
 */
export function dialerIn(
  ports: Readonly<Record<number, Behaviour>>,
  options: SrvDialerOptions,
  random = (): number => 0,
) {
  const clock = new VirtualClock();
  const connections: Connecting[] = [];
  const connect = (to: To): Socket => {
    const socket = new Socket();
    connections.push({ options: to, socket, at: clock.now() });
    const given = ports[to.port] ?? "silent";
    const [what, , ms] = (typeof given === "function" ? given(to) : given).split(" ");
    const respond = (): unknown =>
      what === "accepts" ? socket.emit("connect") : socket.destroy(new Error("refused"));
    if (what === "silent") return socket;
    if (ms === undefined) queueMicrotask(respond);
    else socket.once("close", clock.after(Number(ms), respond));
    return socket;
  };
  const settings = { ...parseOptions(NAME, options), connect, clock, random };
  /** The times in ms at which each resolver was asked. */
  const asked: number[][] = settings.resolvers.map(() => []);
  const resolvers = settings.resolvers.map((resolver, at): SrvResolver => ({
    ...resolver,
    resolve(name, context) {
      asked[at]?.push(clock.now());
      return resolver.resolve(name, context);
    },
  }));
  const dialer = new Dialer({ ...settings, resolvers });
  onTestFinished(async () => {
    dialer.close();
    await clock.advance(0);
    clock.expectNoTimers();
  });
  const dialed = (): number[] => connections.map(({ options: to }) => to.port);
  /** Ends a silent connection attempt: the first one is 0. */
  const accept = (at: number): unknown => connections[at]?.socket.emit("connect");
  const refuse = (at: number): unknown => connections[at]?.socket.destroy(new Error("refused"));
  return { dialer, clock, connections, dialed, asked, accept, refuse };
}

/** A dialer whose DNS answer and ports the test changes. Pauses are not random. */
export function network(ports: Record<number, Behaviour>, options: SrvDialerOptions = {}) {
  const dns: { answer: SrvAnswer | Error } = {
    answer: answerWith([], { ttl: 10, reason: "the DNS server 10.0.0.2 answered NXDOMAIN" }),
  };
  const resolver: SrvResolver = {
    resolve: () =>
      dns.answer instanceof Error ? Promise.reject(dns.answer) : Promise.resolve(dns.answer),
  };
  const led = dialerIn(ports, { resolver, ...options }, () => 0.5);
  const leadTo = (...numbers: readonly number[]): void => {
    dns.answer = answerWith(
      numbers.map((port) => target(port, { ttl: 1 })),
      { ttl: 1 },
    );
  };
  return { ...led, dns, leadTo };
}

/** When a promise is settled, in ms of the clock, and how. */
export function timed<T>(clock: { now: () => number }, promise: Promise<T>) {
  const outcome: { at?: number; value?: T; error?: SrvDialError } = {};
  promise.then(
    (value) => Object.assign(outcome, { at: clock.now(), value }),
    (error: unknown) => Object.assign(outcome, { at: clock.now(), error }),
  );
  return outcome;
}

/** What a dial does, each with its time in ms: `1@0 2@250 → 2@300` tries two ports, and connects to the second one. */
export async function played(
  { dialer, clock, connections }: ReturnType<typeof dialerIn>,
  options: DialOptions = {},
  most = 3_000,
): Promise<string> {
  const began = clock.now();
  const before = connections.length;
  const outcome = timed(clock, dialer.dial(options));
  await clock.advance(0);
  while (outcome.at === undefined && clock.now() < began + most) await clock.advance(1);
  const { value, error, at } = outcome;
  const tries = connections.slice(before).map((each) => `${each.options.port}@${each.at - began}`);
  const end = at === undefined ? "unfinished" : `${value?.port ?? error?.code}@${at - began}`;
  return [...tries, "→", end].join(" ");
}

/** A dialer whose answer has these ports in this order. */
export function leading(
  ports: Readonly<Record<number, Behaviour>>,
  verify: SrvVerify = async () => {},
) {
  const resolver = resolverOf(...Object.keys(ports).map((port) => target(Number(port))));
  return dialerIn(ports, { resolver, verify });
}

/** The ports of an aborted dial, and of the next one. */
export async function dialedAfterLeaving({ dialer, clock, dialed }: ReturnType<typeof dialerIn>) {
  const controller = new AbortController();
  const failure = failureOf(dialer.dial({ signal: controller.signal }));
  await clock.advance(0);
  controller.abort();
  await failure;
  void dialer.dial().catch(() => {});
  await clock.advance(0);
  return dialed();
}
