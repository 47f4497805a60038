import { Counter } from "./counter.ts";
import { checkOperations, type Key } from "./check-operations.ts";
import { eventsOf } from "./events.ts";
import type { Loss, Operation } from "./operation.ts";
import { Register } from "./register.ts";
import { isPossible } from "./search.ts";
import { smallest } from "./smallest.ts";
import { counterSteps, registerSteps } from "./steps.ts";

/** Operations on one key that contradict each other. */
export interface Violation {
  readonly key: string;
  /** A minimal set, in the order of their starts. */
  readonly operations: readonly Operation[];
  /** For a counter: the number of INCRs, including those whose replies are not needed for the contradiction. */
  readonly increments?: number;
}

export interface HistoryVerdict {
  /** `consistent` only if every key was decided and there was at least one. */
  readonly outcome: "consistent" | "violated" | "undecided";
  /** The number of checked keys, and of operations with a reply. */
  readonly keys: number;
  readonly answered: number;
  readonly violations: readonly Violation[];
  /** Keys that exceeded the limit of work. */
  readonly undecided: readonly string[];
}

/** Limit of possibilities per subset when a contradiction is minimized. Fewer operations leave more possibilities. */
const SHOWN_WORK = 20_000;

export interface HistoryOptions {
  /** Times at which acknowledged writes may be lost. @default [] */
  readonly losses?: readonly Loss[];
  /** Limit of possibilities per key. @default 2 000 000 */
  readonly mostWork?: number;
}

/**
 * Checks the history of clients, key by key:
 * - SET and GET are linearizable: each takes effect at one moment between its start and its end.
 * - A command without a reply takes effect at any time after its start, or never.
 * - INCR takes effect at least once, and at most once if it is sent once; see {@link Counter}.
 * - At a {@link Loss} the key may return to a value that it had within the last `lossMs`.
 * @throws RangeError with the operation and the field for an invalid history
 */
export function checkHistory(
  operations: readonly Operation[],
  { losses = [], mostWork }: HistoryOptions = {},
): HistoryVerdict {
  const keys = checkOperations(operations, losses);
  const ordered = losses.toSorted((a, b) => a.at - b.at);
  const judge = (key: Key) => isKeyPossible(key, ordered, mostWork);
  const violations: Violation[] = [];
  const undecided: string[] = [];
  for (const key of keys) {
    const possible = judge(key);
    if (possible === undefined) undecided.push(key.name);
    else if (!possible) {
      const fails = (part: readonly Operation[]) =>
        isKeyPossible({ ...key, operations: part }, ordered, SHOWN_WORK) === false;
      violations.push({ key: key.name, operations: smallest(key, fails), ...incrementsOf(key) });
    }
  }
  const answered = operations.filter(({ end }) => end !== undefined).length;
  const isDecided = undecided.length === 0 && answered > 0;
  const outcome = violations.length > 0 ? "violated" : isDecided ? "consistent" : "undecided";
  return { outcome, keys: keys.length, answered, violations, undecided };
}

function incrementsOf({ kind, operations }: Key): Pick<Violation, "increments"> {
  if (kind === "register") return {};
  return { increments: operations.filter((each) => each.kind === "incr").length };
}

function isKeyPossible(
  { kind, operations }: Key,
  losses: readonly Loss[],
  mostWork: number | undefined,
): boolean | undefined {
  if (kind === "counter") {
    const steps = counterSteps(operations);
    return isPossible(eventsOf(steps, losses), new Counter(steps, losses), mostWork);
  }
  const steps = registerSteps(operations);
  return isPossible(eventsOf(steps, losses), new Register(steps, losses.length), mostWork);
}
