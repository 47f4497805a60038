import type { Socket } from "node:net";

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
    return hasLeft ? socket.destroy() : socket;
  };
  return () => {
    hasLeft = true;
    if (isIdle) socket.destroy();
  };
}
