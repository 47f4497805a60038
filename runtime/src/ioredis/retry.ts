import { type ClientOptions, deadlineOf } from "./client-options.ts";
import type { SrvConnectorOptions } from "./dialers.ts";

/** How long in ms a command waits at least while Redis is away: a move with a slow file system takes half of it. */
const COMMAND_WAITS = 60_000;
/** Pause in ms before the next dial. Short, as a dial itself waits; above 100 ms, so that it can ask DNS again. */
const SHORTEST = 110;
/** Maximum pause in ms. It is reached after 100 failures: dials that wait take far longer, so these failed at once. */
const LONGEST = 1_000;
/** ms until ioredis asks a loading Redis again, by default 10 s: Redis estimates too long if loading gets faster. */
const maxLoadingRetryTime = 1_000;

const retryStrategy = (failures: number): number =>
  Math.min(Math.max(10 * failures, SHORTEST), LONGEST);

/** Options of ioredis for dials that wait. A command fails after a number of retries: with short deadlines, more. */
export function retryDefaults(client: ClientOptions, dialer: SrvConnectorOptions) {
  // Dials that do not wait end at once: ioredis's own defaults are made for them.
  if (dialer.wait === false) return { maxLoadingRetryTime };
  const deadline = deadlineOf(client, dialer);
  let maxRetriesPerRequest = 0;
  let waited = 0;
  while (waited < COMMAND_WAITS) waited += retryStrategy(++maxRetriesPerRequest) + deadline;
  return { retryStrategy, maxRetriesPerRequest, maxLoadingRetryTime };
}
