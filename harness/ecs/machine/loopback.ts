import { createServer, type Server } from "node:net";
import { HarnessError } from "../base/errors.ts";

/** A run claims a block by listening on this port. Any fixed port works. */
const CLAIM_PORT = 48_620;
const ATTEMPTS = 64;

/** A /24 of loopback addresses that no other run on this machine uses. */
export interface LoopbackBlock {
  /** `127.x.y.` */
  readonly prefix: string;
  release(): void;
}

/**
 * Claims 256 addresses of 127.0.0.0/8 by listening on one of them. Two simultaneous runs get different blocks.
 * The kernel frees the claim when the process ends.
 */
export async function claimLoopbackBlock(
  random: () => number = Math.random,
): Promise<LoopbackBlock> {
  const octet = (first: number, last: number): number =>
    first + Math.floor(random() * (last - first + 1));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Not 127.0.x.y, because distributions use addresses of it (127.0.0.53, 127.0.1.1).
    const prefix = `127.${octet(16, 254)}.${octet(0, 255)}.`;
    const claim = await listen(`${prefix}1`);
    if (claim) return { prefix, release: () => void claim.close() };
  }
  const message = `no free block of loopback addresses after ${ATTEMPTS} attempts on port ${CLAIM_PORT}`;
  throw new HarnessError("ERR_PLATFORM", message);
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(undefined));
    server.listen({ host: address, port: CLAIM_PORT, exclusive: true }, () => resolve(server));
    server.unref();
  });
}
