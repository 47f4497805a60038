import { type SocketOptions, createSocket } from "node:dgram";
import { connect, isIP, isIPv6 } from "node:net";
import type { Lifetime } from "../base/lifetime.ts";
import { type Query, type Question, type Reply, buildQuery, parseReply } from "./message.ts";
import { type DnsServer, formatServer } from "./servers.ts";

export interface ExchangeOptions {
  readonly edns: boolean;
  /** Longest wait for this server in ms, UDP and TCP in all. */
  readonly timeout: number;
  readonly lifetime: Lifetime;
  readonly unref: boolean;
}

/**
 * One question to one server: over UDP, and over TCP when the answer was cut off.
 * Each exchange has a socket, a port and an id of its own (RFC 5452).
 */
export async function exchange(
  question: Question,
  server: DnsServer,
  options: ExchangeOptions,
): Promise<Reply> {
  const started = performance.now();
  const overUdp = await askOnce(question, server, options, askUdp);
  if (overUdp !== "truncated") return overUdp;
  const timeout = Math.max(1, options.timeout - (performance.now() - started));
  const overTcp = await askOnce(question, server, { ...options, timeout }, askTcp);
  if (overTcp === "truncated") throw new Error("truncated even over TCP");
  return overTcp;
}

/** The server kept silent: it may answer when asked again. */
export class NoAnswerError extends Error {
  constructor(server: DnsServer, timeout: number) {
    super(`${formatServer(server)}: no answer within ${Math.round(timeout)} ms`);
  }
}

type Outcome = Reply | "truncated";

/** Sends the query; calls back with what matched it, or why nothing can. Returns how to stop. */
type Transport = (
  query: Query,
  server: DnsServer,
  settle: (outcome: Outcome | Error) => void,
  unref: boolean,
) => () => void;

/** Limits a transport by its time and lifetime, and stops it in every case. */
function askOnce(
  question: Question,
  server: DnsServer,
  { edns, timeout, lifetime, unref }: ExchangeOptions,
  transport: Transport,
): Promise<Outcome> {
  return lifetime.wait((resolve, reject) => {
    const settle = (outcome: Outcome | Error): void =>
      outcome instanceof Error ? reject(outcome) : resolve(outcome);
    const stop = transport(buildQuery(question, { edns }), server, settle, unref);
    const timer = setTimeout(() => reject(new NoAnswerError(server, timeout)), timeout);
    if (unref) timer.unref();
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}

/** Servers are given by address: this saves the lookup, and its turn of the event loop. */
const itself: NonNullable<SocketOptions["lookup"]> = (address, _options, callback) =>
  callback(null, address, isIP(address));

const askUdp: Transport = (query, server, settle, unref) => {
  const socket = createSocket({ type: isIPv6(server.address) ? "udp6" : "udp4", lookup: itself });
  if (unref) socket.unref();
  const onError = (error: Error): void => settle(serverError(error, server));
  const onMessage = (bytes: Buffer): void => {
    const reply = parseReply(bytes, query);
    if (reply !== undefined) settle(reply);
  };
  const onConnect = (): void => socket.send(query.bytes);
  // A connected socket: the kernel drops what comes from another address or port, and reports a
  // closed port at once instead of after the timeout. Without a callback, since that would be given
  // the error of an address without a route, and the event would not come.
  socket.on("error", onError).on("message", onMessage).on("connect", onConnect);
  socket.connect(server.port, server.address);
  return () => {
    // Only our listeners go: without Node's own a socket that is being bound never closes.
    // A connect under way may still report an error: it is ignored.
    socket
      .off("connect", onConnect)
      .off("message", onMessage)
      .off("error", onError)
      .on("error", () => {});
    socket.close();
  };
};

const askTcp: Transport = (query, server, settle, unref) => {
  const socket = connect({ host: server.address, port: server.port, noDelay: true });
  if (unref) socket.unref();
  let received = Buffer.alloc(0);
  socket.on("error", (error) => settle(serverError(error, server)));
  socket.on("end", () => settle(new Error(`${formatServer(server)}: closed without an answer`)));
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const message = readMessage(received);
    if (message === undefined) return;
    settle(
      parseReply(message, query) ?? new Error(`${formatServer(server)}: malformed answer over TCP`),
    );
  });
  socket.write(frame(query.bytes));
  return () => socket.destroy();
};

/** A message over TCP has its length before it, in two bytes (RFC 1035, section 4.2.2). */
function frame(bytes: Buffer): Buffer {
  const framed = Buffer.alloc(bytes.length + 2);
  framed.writeUInt16BE(bytes.length, 0);
  bytes.copy(framed, 2);
  return framed;
}

function readMessage(received: Buffer): Buffer | undefined {
  if (received.length < 2) return undefined;
  const end = received.readUInt16BE(0) + 2;
  return received.length < end ? undefined : received.subarray(2, end);
}

function serverError(error: Error, server: DnsServer): Error {
  return new Error(`${formatServer(server)}: ${error.message}`, { cause: error });
}
