import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** undici's own code for an end that is not a failure: its queue continues on a new connection. */
const HARMLESS = "UND_ERR_INFO";

/**
 * undici's diagnostics channels for each sent request and each completely received answer
 * (https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md).
 */
const SENT = "undici:client:sendHeaders";
const ANSWERED = "undici:request:trailers";

interface UndiciMessage {
  readonly request: { readonly method?: string; readonly upgrade?: unknown };
  readonly socket?: Socket;
}

/** Sockets with a request that takes over the connection: after its answer, they belong to the caller. */
const takenOver = new WeakSet<Socket>();
let openCount = 0;

function onTakeOver(message: unknown): void {
  const { request, socket } = message as UndiciMessage;
  if (socket !== undefined && takesOver(request) && !isH2(socket)) takenOver.add(socket);
}

/** Uses one listener for all connections, as it is called for each request. */
function noteTakeOver(socket: Socket): void {
  if (openCount++ === 0) subscribe(SENT, onTakeOver);
  socket.once("close", () => {
    if (--openCount === 0) unsubscribe(SENT, onTakeOver);
  });
}

/**
 * undici calls `unref` on a socket while no request needs it. A connection whose target is no longer in
 * the records ends then, or between two requests.
 *
 * @returns a function to call when the target is no longer in the records
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
    // The caller that owns the socket now may also call `unref`.
    if (takenOver.has(socket)) return;
    if (isIdle) end(socket);
    // Not for HTTP/2, whose streams end in any order.
    else if (!isH2(socket)) endsBetween(socket);
  };
}

/**
 * Ends a connection that is never idle because the next request is queued before the last one is answered.
 * HTTP/1.1 answers in order: when the last sent request is answered, no other is running.
 */
function endsBetween(socket: Socket): void {
  let last: UndiciMessage["request"] | undefined;
  const onSent = (message: unknown): void => {
    const { request, socket: sentOn } = message as UndiciMessage;
    if (sentOn === socket) last = request;
  };
  const onAnswered = (message: unknown): void => {
    const { request } = message as UndiciMessage;
    if (request !== last || takenOver.has(socket)) return;
    // Wait a tick: undici counts the request as running until this event is over, and may send the next one then.
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

/** Whether the connection belongs to the caller after the answer. */
function takesOver({ method, upgrade }: UndiciMessage["request"]): boolean {
  return method === "CONNECT" || Boolean(upgrade);
}

/** Ends the socket with an error, as undici 7 fails if an HTTP/2 connection ends without one. */
function end(socket: Socket): Socket {
  const reason = new Error("its target has left the records");
  // Add a listener, as undici may already have removed its own.
  return socket.on("error", () => {}).destroy(Object.assign(reason, { code: HARMLESS }));
}
