import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** undici's own code of an end that is no failure: its queue goes on, on a new connection. */
const HARMLESS = "UND_ERR_INFO";

/**
 * Where undici tells of each request that it sends, and of each whose answer is complete
 * (https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md).
 */
const SENT = "undici:client:sendHeaders";
const ANSWERED = "undici:request:trailers";

interface Told {
  readonly request: { readonly method?: string; readonly upgrade?: unknown };
  readonly socket?: Socket;
}

/** A request was sent over them that takes them over: once it is answered, they are the caller's. */
const takenOver = new WeakSet<Socket>();
let openCount = 0;

function onTakeOver(message: unknown): void {
  const { request, socket } = message as Told;
  if (socket !== undefined && takesOver(request) && !isH2(socket)) takenOver.add(socket);
}

/** One listener for all connections: each request calls it. */
function noteTakeOver(socket: Socket): void {
  if (openCount++ === 0) subscribe(SENT, onTakeOver);
  socket.once("close", () => {
    if (--openCount === 0) unsubscribe(SENT, onTakeOver);
  });
}

/**
 * undici takes its reference to a socket away while no request needs it. A connection whose target has
 * left the records ends then, or between two requests.
 *
 * @returns to be called when its target has left
 */
export function closesWhenIdle(socket: Socket): () => void {
  const ref = socket.ref.bind(socket);
  const unref = socket.unref.bind(socket);
  noteTakeOver(socket);
  let isIdle = false;
  let hasLeft = false;
  socket.ref = () => {
    isIdle = false;
    return ref();
  };
  socket.unref = () => {
    isIdle = true;
    unref();
    return hasLeft && !takenOver.has(socket) ? end(socket) : socket;
  };
  return () => {
    hasLeft = true;
    // Its caller may take the reference away as well.
    if (takenOver.has(socket)) return;
    if (isIdle) end(socket);
    // The streams of HTTP/2 end in any order.
    else if (!isH2(socket)) endsBetween(socket);
  };
}

/**
 * Under steady load a connection is never idle: a request is queued before the last one is answered. HTTP/1.1 is
 * answered in order, so none is running once the one that was sent last is answered.
 */
function endsBetween(socket: Socket): void {
  let last: Told["request"] | undefined;
  const onSent = (message: unknown): void => {
    const { request, socket: sentOn } = message as Told;
    if (sentOn === socket) last = request;
  };
  const onAnswered = (message: unknown): void => {
    const { request } = message as Told;
    if (request !== last || takenOver.has(socket)) return;
    // undici counts it among the running ones until it has told of it, and may send another one then.
    process.nextTick(() => request === last && end(socket));
  };
  subscribe(SENT, onSent);
  subscribe(ANSWERED, onAnswered);
  socket.once("close", () => {
    unsubscribe(SENT, onSent);
    unsubscribe(ANSWERED, onAnswered);
  });
}

function isH2(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.alpnProtocol === "h2";
}

/** Once it is answered, the connection is the caller's. */
function takesOver({ method, upgrade }: Told["request"]): boolean {
  return method === "CONNECT" || Boolean(upgrade);
}

/** With an error: undici 7 fails on the end of an HTTP/2 connection that has none. */
function end(socket: Socket): Socket {
  const reason = new Error("its target has left the records");
  // Once undici has let a connection go, no listener of undici's is left.
  return socket.on("error", () => {}).destroy(Object.assign(reason, { code: HARMLESS }));
}
