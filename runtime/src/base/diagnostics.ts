import { type TracingChannel, channel, tracingChannel } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import type { SrvDialError } from "./errors.ts";
import type { SrvTarget } from "./types.ts";

/** An endpoint in a message. */
interface EndpointMessage {
  /** The SRV name. */
  readonly name: string;
  /** Target host from the SRV record. */
  readonly host: string;
  /** IP address. */
  readonly address: string;
  /** TCP port. */
  readonly port: number;
}

/** The messages of the channels of `node:diagnostics_channel`. `name` is the SRV name. */
export interface SrvMessages {
  /** The answer of a resolver; `ttl` in seconds. */
  "srv-dialer:resolve": {
    readonly name: string;
    readonly targets: readonly SrvTarget[];
    readonly ttl: number;
  };
  /** An attempt starts. */
  "srv-dialer:attempt": EndpointMessage;
  /** A dial succeeded; `duration` in ms since the call. */
  "srv-dialer:connect": EndpointMessage & { readonly duration: number };
  /** The error that `connect` rejects with. */
  "srv-dialer:failure": { readonly name: string; readonly error: SrvDialError };
  /** An expired answer is used because no server answers. */
  "srv-dialer:stale": { readonly name: string; readonly targets: readonly SrvTarget[] };
}

const channels = {
  "srv-dialer:resolve": channel("srv-dialer:resolve"),
  "srv-dialer:attempt": channel("srv-dialer:attempt"),
  "srv-dialer:connect": channel("srv-dialer:connect"),
  "srv-dialer:failure": channel("srv-dialer:failure"),
  "srv-dialer:stale": channel("srv-dialer:stale"),
} satisfies Record<keyof SrvMessages, unknown>;

/** Prints the same messages on stderr when the environment has `NODE_DEBUG=srv-dialer`. */
const debug = debuglog("srv-dialer");

/** @param message made only if somebody sees it */
export function publish<K extends keyof SrvMessages>(name: K, message: () => SrvMessages[K]): void {
  if (!debug.enabled && !channels[name].hasSubscribers) return;
  const made = message();
  if (debug.enabled) debug("%s %O", name.replace("srv-dialer:", ""), made);
  channels[name].publish(made);
}

/**
 * Steps with a start and an end, for spans: tracing channels. All events of a step have the same message object.
 *
 * | tracing channel | fields | added at the end |
 * | --- | --- | --- |
 * | `srv-dialer:connect` | `name` | `host`, `address`, `port`; or `error` |
 * | `srv-dialer:resolve` | `name`: a resolver is asked | `targets`, `ttl` (s); or `error` |
 */
export const steps = {
  connect: tracingChannel<object>("srv-dialer:connect"),
  resolve: tracingChannel<object>("srv-dialer:resolve"),
};

/** Runs a step. `resultFields` gives the fields that are added to its message at the end. */
export function traced<T>(
  step: TracingChannel<object>,
  name: string,
  work: () => Promise<T>,
  resultFields: (outcome: T) => object,
): Promise<T> {
  if (!step.hasSubscribers) return work();
  const message = { name };
  let outcome: T;
  const traceable = async (): Promise<void> => {
    outcome = await work();
    Object.assign(message, resultFields(outcome));
  };
  // Resolves without the outcome: `tracePromise` would publish it, and it may be an open socket.
  return step.tracePromise(traceable, message).then(() => outcome);
}
