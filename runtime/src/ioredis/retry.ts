import type { RedisOptions } from "ioredis";
import type { SrvConnectorOptions } from "./dialers.ts";

/** The default `connectTimeout` of ioredis in ms: the deadline of a dial. */
const CONNECT_TIMEOUT = 10_000;
/** How long in ms a command waits at least while Redis is away: a move with a slow file system takes half a minute. */
const COMMAND_WAITS = 60_000;
/** ms between two dials. Short, as a dial itself waits; longer than 100 ms, so that the next one can ask DNS again. */
const RETRY_DELAY = 110;
/**
 * Maximum pause in ms before ioredis checks again whether Redis has loaded its data. It waits as long as Redis
 * estimates, which is far too long if loading starts slowly and gets faster, and up to 10 s by default.
 */
const MAX_LOADING_RETRY_TIME = 1_000;

/** Shared by all clients. */
const retryStrategy = (): number => RETRY_DELAY;

/**
 * Options of ioredis for dials that wait: the time that a command waits is `maxRetriesPerRequest` + 1 deadlines, so
 * that number depends on the deadline.
 */
export function retryDefaults(
  { connectTimeout }: RedisOptions,
  { timeout = Infinity, wait = true }: SrvConnectorOptions,
): RedisOptions {
  const maxLoadingRetryTime = MAX_LOADING_RETRY_TIME;
  // Dials that do not wait end at once: ioredis's own defaults are made for them.
  if (!wait) return { maxLoadingRetryTime };
  const deadline = Math.min(connectTimeout || CONNECT_TIMEOUT, timeout);
  return {
    retryStrategy,
    maxRetriesPerRequest: Math.ceil(COMMAND_WAITS / (deadline + RETRY_DELAY)),
    maxLoadingRetryTime,
  };
}
