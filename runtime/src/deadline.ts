import type { SrvDialErrorCode } from "./errors.ts";

/** Why a call ended before its work did. */
export interface Interruption {
  readonly code: Extract<
    SrvDialErrorCode,
    "ERR_SRV_TIMEOUT" | "ERR_SRV_ABORTED" | "ERR_SRV_CLOSED"
  >;
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * The one limit over everything a call does: its time, the caller's signal, the dialer's end. Its
 * timer is what keeps the process alive while the call is pending; all beneath is unref'ed.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  #interruption: Interruption | undefined;

  /**
   * @param timeout ms
   * @param options.ref false: the call must not keep the process alive
   */
  constructor(
    timeout: number,
    { signal: caller, ref }: { signal: AbortSignal | undefined; ref: boolean | undefined },
  ) {
    this.#caller = caller;
    this.#timer = setTimeout(
      () => this.interrupt({ code: "ERR_SRV_TIMEOUT", message: `not done within ${timeout} ms` }),
      timeout,
    );
    if (ref === false) this.#timer.unref();
    if (caller?.aborted === true) this.#onAbort();
    else caller?.addEventListener("abort", this.#onAbort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Set once the signal is aborted. */
  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  interrupt(interruption: Interruption): void {
    this.#interruption ??= interruption;
    this.#controller.abort(new Error(interruption.message));
  }

  /** The call is over: nothing may remain of it. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.interrupt({ code: "ERR_SRV_ABORTED", message: "aborted", cause: this.#caller?.reason });
  };
}
