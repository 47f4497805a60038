import { HarnessError } from "../base/errors.ts";

/** Last octets of the addresses of tasks in awsvpc mode. */
const FIRST = 200;
const LAST = 254;

/** Addresses of a loopback block for tasks in awsvpc mode. A released address is reused last. */
export class TaskAddresses {
  readonly #prefix: string;
  readonly #free: string[];

  /** @param prefix of the block, `127.x.y.` */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#free = Array.from(
      { length: LAST - FIRST + 1 },
      (_, index) => `${prefix}${FIRST + index}`,
    );
  }

  /** @throws HarnessError ERR_PLATFORM if all addresses are in use */
  take(): string {
    const address = this.#free.shift();
    if (address !== undefined) return address;
    const message = `no free address for a task in ${this.#prefix}${FIRST}-${LAST}`;
    throw new HarnessError("ERR_PLATFORM", message);
  }

  giveBack(address: string): void {
    this.#free.push(address);
  }
}
