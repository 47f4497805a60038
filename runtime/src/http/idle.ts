import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** undici's own code for an end that is not a failure: its queue continues on a new connection. */
const HARMLESS = "UND_ERR_INFO";

// undici publishes each sent request and each completely received answer:
// https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
const SENT = "undici:client:sendHeaders";
const ANSWERED = "undici:request:trailers";

interface UndiciMessage {
  readonly request: { readonly method?: string; readonly upgrade?: unknown };
  readonly socket?: Socket;
}

/** The last request sent on each open connection. One listener fills it, as it is called for each request. */
const lastSent = new Map<Socket, UndiciMessage["request"] | undefined>();

function onSent(message: unknown): void {
  const { request, socket } = message as UndiciMessage;
  if (socket !== undefined && lastSent.has(socket)) lastSent.set(socket, request);
}

/** @returns a function to call when the target has left the records: ends the connection when no request needs it */
export function closesWhenIdle(socket: Socket): () => void {
  if (lastSent.size === 0) subscribe(SENT, onSent);
  lastSent.set(socket, undefined);
  socket.once("close", () => {
    lastSent.delete(socket);
    if (lastSent.size === 0) unsubscribe(SENT, onSent);
  });
  const ref = socket.ref.bind(socket);
  const unref = socket.unref.bind(socket);
  let isIdle = false;
  let hasLeft = false;
  socket.ref = () => {
    isIdle = false;
    return ref();
  };
  // undici calls it while no request needs the socket.
  socket.unref = () => {
    isIdle = true;
    unref();
    return hasLeft && !isTakenOver(socket) ? end(socket) : socket;
  };
  return () => {
    hasLeft = true;
    // The caller that owns the socket now may also call `unref`.
    if (isTakenOver(socket)) return;
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
  const onAnswered = (message: unknown): void => {
    const { request } = message as UndiciMessage;
    const isLast = (): boolean => lastSent.get(socket) === request && !isTakenOver(socket);
    // Wait a tick: undici counts the request as running until this event is over, and may send the next one then.
    if (isLast()) process.nextTick(() => isLast() && end(socket));
  };
  subscribe(ANSWERED, onAnswered);
  socket.once("close", () => unsubscribe(ANSWERED, onAnswered));
}

/** Whether its last request was one after whose answer the connection belongs to the caller. */
function isTakenOver(socket: Socket): boolean {
  const { method, upgrade } = lastSent.get(socket) ?? {};
  return (method === "CONNECT" || Boolean(upgrade)) && !isH2(socket);
}

const isH2 = (socket: Socket): boolean =>
  socket instanceof TLSSocket && socket.alpnProtocol === "h2";

/** Ends the socket with an error, as undici 7 fails if an HTTP/2 connection ends without one. */
function end(socket: Socket): Socket {
  const reason = new Error("its target has left the records");
  // Add a listener, as undici may already have removed its own.
  return socket.on("error", () => {}).destroy(Object.assign(reason, { code: HARMLESS }));
}
