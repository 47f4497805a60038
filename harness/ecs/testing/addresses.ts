import { claimLoopbackBlock } from "../machine/loopback.ts";
import { canListen } from "../programs/free-port.ts";

/** Last octets of the addresses in a block; the first address holds the claim. */
const FIRST = 2;
const LAST = 254;

/** The addresses to which a server moves. */
export interface Addresses {
  /** Whether there are several. */
  readonly areMany: boolean;
  /** The next address. After the last one, the first one comes again. */
  next(): string;
  release(): void;
}

/** Linux has 127.0.0.0/8. Elsewhere only 127.0.0.1 is configured, and a server moves to another port. */
export async function claimAddresses(probe = canListen): Promise<Addresses> {
  if (!(await probe(0, "127.16.0.1"))) {
    return { areMany: false, next: () => "127.0.0.1", release: () => {} };
  }
  const block = await claimLoopbackBlock();
  let last = FIRST - 1;
  return {
    areMany: true,
    next: () => {
      last = last === LAST ? FIRST : last + 1;
      return `${block.prefix}${last}`;
    },
    release: () => block.release(),
  };
}
