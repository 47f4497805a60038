import type { Loss, Operation } from "../../../../harness/soak/history/operation.ts";

type Value = string | number | null;

/** A state since the last loss, with the latest time it can have lasted until. */
interface Past {
  readonly value: Value;
  readonly until: number;
}

interface Position {
  readonly value: Value;
  /** The current time. */
  readonly now: number;
  /** Operations with an explained reply. */
  readonly explained: ReadonlySet<Operation>;
  /** SETs that have taken effect since the last loss. */
  readonly applied: ReadonlySet<Operation>;
  readonly past: readonly Past[];
  readonly losses: readonly Loss[];
}

/**
 * Whether operations on a key are possible. Tries every order, directly from the definition, without the
 * optimizations of the checker.
 */
export function bruteForce(
  operations: readonly Operation[],
  losses: readonly Loss[] = [],
): boolean {
  const value = operations.some(({ kind }) => kind === "incr") ? 0 : null;
  const from = {
    value,
    now: -Infinity,
    explained: new Set<Operation>(),
    applied: new Set<Operation>(),
  };
  return tryFrom({ ...from, past: [], losses }, operations);
}

function tryFrom(position: Position, operations: readonly Operation[]): boolean {
  const { explained, losses } = position;
  const isOver = operations.every((each) => !isAnswered(each) || explained.has(each));
  if (isOver && losses.length === 0) return true;
  const next = [
    ...operations.flatMap((each) => apply(each, position, operations)),
    ...lose(position),
  ];
  return next.some((each) => tryFrom(each, operations));
}

/** The results of an operation at the earliest possible time. */
function apply(
  operation: Operation,
  position: Position,
  operations: readonly Operation[],
): readonly Position[] {
  const { explained, applied, value, past, losses } = position;
  const { start, end = Infinity } = operation;
  const now = Math.max(position.now, start);
  if (now > end || now > (losses[0]?.at ?? Infinity)) return [];
  const to = (state: Value, isReply: boolean): Position => ({
    ...position,
    value: state,
    now,
    explained: isReply ? new Set([...explained, operation]) : explained,
    applied: operation.kind === "set" ? new Set([...applied, operation]) : applied,
    past: [...past, { value, until: Infinity }].map((each) => ({
      ...each,
      until: Math.min(each.until, end),
    })),
  });
  if (operation.kind === "set") return applied.has(operation) ? [] : [to(operation.value, true)];
  if (operation.kind === "get") {
    const isSeen = end < Infinity && String(operation.result ?? defaultOf(value)) === String(value);
    return isSeen && !explained.has(operation) ? [to(value, true)] : [];
  }
  const count = Number(value) + 1;
  const isReply = end < Infinity && operation.result === count && !explained.has(operation);
  if (operation.sentOnce) {
    const isUnanswered = !isAnswered(operation) && !explained.has(operation);
    return isReply || isUnanswered ? [to(count, true)] : [];
  }
  const again = count <= highestOf(operations) ? [to(count, false)] : [];
  return isReply ? [to(count, true), ...again] : again;
}

/** An INCR may have ended without a reply. */
const isAnswered = (operation: Operation): boolean =>
  operation.end !== undefined && (operation.kind === "set" || operation.result !== undefined);

const defaultOf = (value: Value): Value => (typeof value === "number" ? 0 : null);

/** Applies the next loss: returns to a state that can have lasted until `lossMs` before it, or does nothing. */
function lose(position: Position): readonly Position[] {
  const { losses, past, value } = position;
  const [loss, ...rest] = losses;
  if (!loss) return [];
  const from = loss.at - loss.lossMs;
  const states = [...past, { value, until: Infinity }].filter(({ until }) => until >= from);
  const now = Math.max(position.now, loss.at);
  return states.map((each) => ({
    ...position,
    value: each.value,
    now,
    applied: new Set<Operation>(),
    past: [],
    losses: rest,
  }));
}

const highestOf = (operations: readonly Operation[]): number =>
  Math.max(0, ...operations.map((each) => (each.kind === "set" ? 0 : Number(each.result ?? 0))));
