import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * First and last port for programs on this machine. They are below the kernel's dynamic range, from which any
 * client may get a port at any time.
 */
export const PROGRAM_PORTS = [10_240, 32_767] as const;

/** Far more than the number of used ports in a row. */
const ATTEMPTS = 100;

/**
 * A free port of an address. The kernel does not assign it to clients.
 * @throws if 100 ports in a row are in use
 */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  const [first, last] = PROGRAM_PORTS;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(first, last + 1);
    if (await canListen(port, address)) return port;
  }
  throw new Error(`${ATTEMPTS} ports from ${first} to ${last} are taken`);
}

/** Returns whether a program can listen on the port, at this address or on every address. */
export function canListen(port: number, address?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, ...(address !== undefined && { host: address }), exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
