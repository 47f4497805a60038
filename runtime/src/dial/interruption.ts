import { setMaxListeners } from "node:events";
import type { SrvDialErrorCode } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";

/** Why a call ended before its work did. */
export class Interruption extends Error {
  readonly code: Extract<
    SrvDialErrorCode,
    "ERR_SRV_TIMEOUT" | "ERR_SRV_ABORTED" | "ERR_SRV_CLOSED"
  >;

  constructor(code: Interruption["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const OVER = new Error("the call is over");

/**
 * The one limit over everything a call does: its time, the caller's signal, the dialer's end. Its
 * timer is what keeps the process alive while the call is pending; all beneath is unref'ed.
 */
export class Deadline extends Lifetime {
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;

  /**
   * @param timeout ms
   * @param options.ref false: the call must not keep the process alive
   */
  constructor(
    timeout: number,
    { signal: caller, ref }: { signal: AbortSignal | undefined; ref: boolean | undefined },
  ) {
    super();
    this.#caller = caller;
    this.#timer = setTimeout(
      () => this.end(new Interruption("ERR_SRV_TIMEOUT", `not done within ${timeout} ms`)),
      timeout,
    );
    if (ref === false) this.#timer.unref();
    if (caller === undefined) return;
    // One signal may end every dial of a program: more than ten listeners are no leak. A polyfill's
    // signal counts none, and is refused there.
    if (caller instanceof AbortSignal) setMaxListeners(0, caller);
    if (caller.aborted) this.#onAbort();
    else caller.addEventListener("abort", this.#onAbort);
  }

  /** Set once the call has ended early. */
  get interruption(): Interruption | undefined {
    return this.reason instanceof Interruption ? this.reason : undefined;
  }

  /** The call is over: nothing may remain of it, nor of a lookup that it needs no more. */
  clear(): void {
    this.end(OVER);
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.end(new Interruption("ERR_SRV_ABORTED", "aborted", this.#caller?.reason));
  };
}
