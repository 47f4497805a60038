import { SrvDialError } from "../base/errors.ts";
import type { SrvTarget } from "../base/types.ts";

export interface WatchOptions {
  /** The current targets, asked for when the kept ones have expired; aborted by `stop`. */
  readonly read: (signal: AbortSignal) => Promise<readonly SrvTarget[]>;
  /** Milliseconds until it is worth reading again. */
  readonly nextIn: () => number;
  readonly listener: (targets: SrvTarget[]) => void;
}

/** Reads the targets as they expire, and tells the listener when the set has changed. */
export class Watch {
  readonly #options: WatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #known: string | undefined;
  #isReading = false;
  readonly #stopped = new AbortController();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Reads now: at the start, and when somebody else got a new answer. */
  poke(): void {
    if (this.#isReading || this.#stopped.signal.aborted) return;
    clearTimeout(this.#timer);
    void this.#poll();
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  async #poll(): Promise<void> {
    this.#isReading = true;
    const targets = await this.#read();
    this.#isReading = false;
    // A late answer is nobody's.
    if (this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#poll(), this.#options.nextIn());
    this.#timer.unref();
    if (targets !== undefined) this.#tell(targets);
  }

  async #read(): Promise<readonly SrvTarget[] | undefined> {
    try {
      return await this.#options.read(this.#stopped.signal);
    } catch (error) {
      return error instanceof SrvDialError && isGone(error) ? [] : undefined;
    }
  }

  #tell(targets: readonly SrvTarget[]): void {
    const set = fingerprint(targets);
    if (set === this.#known) return;
    this.#known = set;
    try {
      this.#options.listener([...targets]);
    } catch (error) {
      // The listener's fault is the program's, not the watch's: it surfaces, and watching goes on.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function isGone({ code }: SrvDialError): boolean {
  return code === "ERR_SRV_NO_RECORDS" || code === "ERR_SRV_UNAVAILABLE";
}

/** Equal for equal sets, whatever their order and however much of the TTL is left. */
function fingerprint(targets: readonly SrvTarget[]): string {
  return JSON.stringify(
    targets
      .map(({ host, port, priority, weight, addresses }) =>
        JSON.stringify([host.toLowerCase(), port, priority, weight, (addresses ?? []).toSorted()]),
      )
      .toSorted(),
  );
}
