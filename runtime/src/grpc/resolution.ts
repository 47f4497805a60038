import type { experimental } from "@grpc/grpc-js";
import { Present, mayBeDrawn } from "../answers/present.ts";
import type { Clock } from "../base/clock.ts";
import { toError } from "../base/errors.ts";
import type { Dialer } from "../dial/dialer.ts";
import type { Location } from "../dial/locate.ts";
import type { GrpcModule } from "./module.ts";

/** Least time in ms until the next look for what was not found, or could not be reached. */
const MIN_RETURN = 1_000;

export interface ResolutionOptions {
  readonly grpc: GrpcModule;
  /** How long in ms a target that failed is tried last. */
  readonly cooldown: number;
  readonly clock: Clock;
}

/**
 * Tells a channel of grpc-js where its service is: at first, when the records change, and when the channel asks,
 * since its connections broke. Open connections to targets that are still listed stay open.
 */
export class Resolution {
  readonly #dialer: Dialer;
  readonly #options: ResolutionOptions;
  readonly #listener: experimental.ResolverListener;
  readonly #stopWatching: () => void;
  readonly #present = new Present<experimental.Endpoint>();
  /** What the channel knows, as text; undefined before the first time, and after an error. */
  #told: string | undefined;
  #isLooking = false;
  /** Asked for while another look is under way. */
  #next: { readonly isSuspect: boolean } | undefined;
  #isEnded = false;
  #clearReturn: () => void = () => {};

  constructor(dialer: Dialer, options: ResolutionOptions, listener: experimental.ResolverListener) {
    this.#dialer = dialer;
    this.#options = options;
    this.#listener = listener;
    // Who is missing in equal draws is missing in each of them.
    this.#stopWatching = dialer.watch(() => this.#look(false), mayBeDrawn);
    this.#look(false);
  }

  /** The channel asks again: what it knows leads nowhere, or a connection has ended. */
  update(): void {
    this.#look(true);
  }

  end(): void {
    this.#isEnded = true;
    this.#clearReturn();
    this.#stopWatching();
    this.#dialer.close();
  }

  #look(isSuspect: boolean): void {
    this.#next = { isSuspect: isSuspect || this.#next?.isSuspect === true };
    if (!this.#isLooking) void this.#lookAll();
  }

  async #lookAll(): Promise<void> {
    this.#isLooking = true;
    while (this.#next !== undefined && !this.#isEnded) {
      const { isSuspect } = this.#next;
      this.#next = undefined;
      const found = await this.#dialer.locate(isSuspect).catch(toError);
      if (this.#isEnded) break;
      this.#clearReturn();
      // What was drawn earlier may be what the connections broke of.
      if (isSuspect) this.#present.clear();
      if (found instanceof Error) this.#tellError(found);
      else this.#tell(found);
    }
    this.#isLooking = false;
  }

  #tell({ targets, isTemporary, isDrawn }: Location): void {
    if (isTemporary) this.#lookLater();
    const endpoints = targets.map(({ addresses, port }) => ({
      addresses: addresses.map((host) => ({ host, port })),
    }));
    const answer = new Map(endpoints.map((endpoint) => [JSON.stringify(endpoint), endpoint]));
    this.#present.update(answer, isDrawn);
    // In another order they are the same: each look draws by weight anew.
    const known = this.#present.keys.toSorted().join();
    if (known === this.#told) return;
    const value = [...this.#present.targets];
    const isAccepted = this.#listener({ ok: true, value }, {}, null, "");
    this.#told = isAccepted ? known : undefined;
  }

  /** The channel goes on with what it knew before. */
  #tellError({ message }: Error): void {
    // The watch sees only records that change.
    this.#lookLater();
    this.#told = undefined;
    const { experimental: grpc, status } = this.#options.grpc;
    // The status that allows a client to try again.
    const error = grpc.statusOrFromError<experimental.Endpoint[]>({
      code: status.UNAVAILABLE,
      details: message,
    });
    this.#listener(error, {}, null, message);
  }

  #lookLater(): void {
    const { clock, cooldown } = this.#options;
    this.#clearReturn = clock.setTimeout(() => this.#look(false), Math.max(cooldown, MIN_RETURN));
  }
}
