import type { RedisOptions } from "ioredis";
import type { Defect } from "../defects.ts";

/** Milliseconds that a user's request waits for Redis: as in the example app. */
const COMMAND_TIMEOUT = 1_500;

/** A way to use the package. */
export interface Profile {
  readonly name: string;
  readonly options: RedisOptions;
  /** Whether it asks the Cloud Map API after DNS. */
  readonly asksApi: boolean;
  /** Each command is sent once: the client may write the same keys as others. */
  readonly sendsOnce: boolean;
}

const WAYS: readonly Omit<Profile, "asksApi">[] = [
  // A command waits as long as `maxRetriesPerRequest` lets it.
  { name: "patient", options: {}, sendsOnce: false },
  { name: "hasty", options: { commandTimeout: COMMAND_TIMEOUT }, sendsOnce: false },
  {
    name: "once",
    // ioredis forgets what was sent when a connection breaks: without a timeout its caller would wait for ever.
    options: { commandTimeout: COMMAND_TIMEOUT, autoResendUnfulfilledCommands: false },
    sendsOnce: true,
  },
];

/** Every client of the soak; a client's number is its place here. */
export const PROFILES: readonly Profile[] = [false, true].flatMap((asksApi) =>
  WAYS.map((way) => ({ ...way, name: `${way.name}, ${asksApi ? "DNS and API" : "DNS"}`, asksApi })),
);

/** The options with what is broken on purpose. */
export function optionsOf({ options }: Profile, defect: Defect | undefined): RedisOptions {
  if (defect !== "no-retries") return options;
  return { ...options, retryStrategy: () => null, maxRetriesPerRequest: 0 };
}
