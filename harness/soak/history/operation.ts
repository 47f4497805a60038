/** Who sent a command about which key, and when; milliseconds of one monotonic clock. */
interface Sent {
  readonly client: number;
  readonly key: string;
  readonly start: number;
  /** When its reply came. Left out without a reply, and for an error: it may take effect later, or never. */
  readonly end?: number | undefined;
}

export interface SetOperation extends Sent {
  readonly kind: "set";
  /** No other `set` of the key has it. */
  readonly value: string;
}

/** Of a register its value; of a counter the digits, as Redis replies. */
export interface GetOperation extends Sent {
  readonly kind: "get";
  /** Null where the key does not exist. Left out without a reply. */
  readonly result?: string | null | undefined;
}

export interface IncrOperation extends Sent {
  readonly kind: "incr";
  /** Its client sends each command once: it takes effect at most once. @default false */
  readonly sentOnce?: boolean | undefined;
  /** The counter after it. Left out without a reply. */
  readonly result?: number | undefined;
}

/** One command of a history. A key is a register (`set` and `get`) or a counter (`incr` and `get`). */
export type Operation = SetOperation | GetOperation | IncrOperation;

/**
 * A moment at which Redis may have lost its latest writes, as at the loss of its host. The key has then a
 * value that it had at some moment of the last `lossMs`. So a write that was acknowledged earlier than
 * that is never lost, and one loss goes back once.
 */
export interface Loss {
  /** When nothing more could be acknowledged; on the clock of the operations. */
  readonly at: number;
  readonly lossMs: number;
}
