import { type TracingChannel, channel, tracingChannel } from "node:diagnostics_channel";

/**
 * Channels of `node:diagnostics_channel` that show what the package does. Each message is a plain
 * object with the SRV `name`:
 *
 * | channel | other fields |
 * | --- | --- |
 * | `srv-dialer:resolve` | `targets`, `ttl` (s): the answer of a resolver |
 * | `srv-dialer:attempt` | `host`, `address`, `port`: an attempt starts |
 * | `srv-dialer:connect` | `host`, `address`, `port`, `duration` (ms since the call) |
 * | `srv-dialer:failure` | `error`: the SrvDialError that `connect` rejects with |
 * | `srv-dialer:stale` | `targets`: an expired answer is used because no server answers |
 */
export const channels = {
  resolve: channel("srv-dialer:resolve"),
  attempt: channel("srv-dialer:attempt"),
  connect: channel("srv-dialer:connect"),
  failure: channel("srv-dialer:failure"),
  stale: channel("srv-dialer:stale"),
};

/**
 * Steps with a start and an end, for spans: tracing channels of `node:diagnostics_channel`. All events of a step,
 * from `start` to `asyncEnd`, have the same message object; a step that fails also has the event `error`.
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
  message: object,
  work: () => Promise<T>,
  resultFields: (outcome: T) => object,
): Promise<T> {
  return hasSubscribers(step) ? trace(step, message, work, resultFields) : work();
}

async function trace<T>(
  step: TracingChannel<object>,
  message: object,
  work: () => Promise<T>,
  resultFields: (outcome: T) => object,
): Promise<T> {
  const outcomes: T[] = [];
  const traceable = async (): Promise<void> => {
    const outcome = await work();
    outcomes.push(outcome);
    Object.assign(message, resultFields(outcome));
  };
  // Resolves without the outcome: `tracePromise` would publish it, and it may be an open socket.
  await step.tracePromise(traceable, message);
  return outcomes[0] as T;
}

function hasSubscribers({
  start,
  end,
  asyncStart,
  asyncEnd,
  error,
}: TracingChannel<object>): boolean {
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}
