/** The client, key and times of a command, in milliseconds of one monotonic clock. */
interface Sent {
  readonly client: number;
  readonly key: string;
  readonly start: number;
  /** The time of the reply. Missing without a reply or after an error: the command may take effect later or never. */
  readonly end?: number | undefined;
}

export interface SetOperation extends Sent {
  readonly kind: "set";
  /** Unique among the `set`s of the key. */
  readonly value: string;
}

/** A register's value, or a counter's digits. */
export interface GetOperation extends Sent {
  readonly kind: "get";
  /** Null if the key does not exist. Missing without a reply. */
  readonly result?: string | null | undefined;
}

export interface IncrOperation extends Sent {
  readonly kind: "incr";
  /** Whether the client sends each command once, so it takes effect at most once. @default false */
  readonly sentOnce?: boolean | undefined;
  /** The counter's new value. Missing without a reply. */
  readonly result?: number | undefined;
}

/** A command of a history. A key is a register (`set` and `get`) or a counter (`incr` and `get`). */
export type Operation = SetOperation | GetOperation | IncrOperation;

/**
 * A time at which Redis may have lost its latest writes, for example at the loss of its host. The key then has a
 * value that it had at some time of the last `lossMs`. So a write that was acknowledged earlier is never lost, and
 * one loss returns once.
 */
export interface Loss {
  /** When acknowledgements stopped, on the clock of the operations. */
  readonly at: number;
  readonly lossMs: number;
}
