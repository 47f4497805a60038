import type { Socket } from "node:net";

/** undici's own code of an end that is no failure: its queue goes on, on a new connection. */
const HARMLESS = "UND_ERR_INFO";

/**
 * undici takes its reference to a socket away while no request needs it. A connection whose target has
 * left the records ends then.
 *
 * @returns to be called when its target has left
 */
export function closesWhenIdle(socket: Socket): () => void {
  const ref = socket.ref.bind(socket);
  const unref = socket.unref.bind(socket);
  let isIdle = false;
  let hasLeft = false;
  socket.ref = () => {
    isIdle = false;
    return ref();
  };
  socket.unref = () => {
    isIdle = true;
    unref();
    return hasLeft ? end(socket) : socket;
  };
  return () => {
    hasLeft = true;
    if (isIdle) end(socket);
  };
}

/** With an error: undici 7 fails on the end of an HTTP/2 connection that has none. */
function end(socket: Socket): Socket {
  const reason = new Error("its target has left the records");
  // A connection that was upgraded is no longer undici's, and may have no listener.
  return socket.on("error", () => {}).destroy(Object.assign(reason, { code: HARMLESS }));
}
