import { type TracingChannel, channel, tracingChannel } from "node:diagnostics_channel";

/**
 * Channels of `node:diagnostics_channel`, to see the package at work from outside. Each message is
 * a plain object with the SRV `name`:
 *
 * | channel | further fields |
 * | --- | --- |
 * | `srv-dialer:resolve` | `targets`, `ttl` (s): what a resolver gave |
 * | `srv-dialer:attempt` | `host`, `address`, `port`: an attempt begins |
 * | `srv-dialer:connect` | `host`, `address`, `port`, `duration` (ms since the call) |
 * | `srv-dialer:failure` | `error`: the SrvDialError that `connect` rejects with |
 * | `srv-dialer:stale` | `targets`: an expired answer serves, since no server answers |
 */
export const channels = {
  resolve: channel("srv-dialer:resolve"),
  attempt: channel("srv-dialer:attempt"),
  connect: channel("srv-dialer:connect"),
  failure: channel("srv-dialer:failure"),
  stale: channel("srv-dialer:stale"),
};

/**
 * The same as steps with a beginning and an end, for spans: tracing channels of `node:diagnostics_channel`. One
 * message object stands for a step, from `start` to `asyncEnd`, with `error` between them when it fails.
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

/** Does the work of a step. `told` gives what is added to its message at the end. */
export function traced<T>(
  step: TracingChannel<object>,
  message: object,
  work: () => Promise<T>,
  told: (outcome: T) => object,
): Promise<T> {
  return isHeard(step) ? trace(step, message, work, told) : work();
}

async function trace<T>(
  step: TracingChannel<object>,
  message: object,
  work: () => Promise<T>,
  told: (outcome: T) => object,
): Promise<T> {
  const outcomes: T[] = [];
  const traceable = async (): Promise<void> => {
    const outcome = await work();
    outcomes.push(outcome);
    Object.assign(message, told(outcome));
  };
  // It would show the outcome itself, which may be an open socket.
  await step.tracePromise(traceable, message);
  return outcomes[0] as T;
}

function isHeard({ start, end, asyncStart, asyncEnd, error }: TracingChannel<object>): boolean {
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}
