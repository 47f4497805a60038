import type { RedisOptions } from "ioredis";
import type { Defect } from "../defects.ts";

/** Milliseconds that a request waits for Redis, as in the example app. */
const COMMAND_TIMEOUT = 1_500;

/** A configuration of a client. */
export interface Profile {
  readonly name: string;
  readonly options: RedisOptions;
  /** Whether the client asks the Cloud Map API after DNS. */
  readonly asksApi: boolean;
  /** Each command is sent once, so the client may write the same keys as others. */
  readonly sendsOnce: boolean;
}

const WAYS: readonly Omit<Profile, "asksApi">[] = [
  // A command waits until `maxRetriesPerRequest` is reached.
  { name: "patient", options: {}, sendsOnce: false },
  { name: "hasty", options: { commandTimeout: COMMAND_TIMEOUT }, sendsOnce: false },
  {
    name: "once",
    // ioredis drops sent commands when a connection breaks. Without a timeout the caller waits forever.
    options: { commandTimeout: COMMAND_TIMEOUT, autoResendUnfulfilledCommands: false },
    sendsOnce: true,
  },
];

/** All clients of the soak. A client's number is its index. */
export const PROFILES: readonly Profile[] = [false, true].flatMap((asksApi) =>
  WAYS.map((way) => ({ ...way, name: `${way.name}, ${asksApi ? "DNS and API" : "DNS"}`, asksApi })),
);

/** The options with the defect. */
export function optionsOf({ options }: Profile, defect: Defect | undefined): RedisOptions {
  if (defect !== "no-retries") return options;
  return { ...options, retryStrategy: () => null, maxRetriesPerRequest: 0 };
}
