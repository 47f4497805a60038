import type { Operation } from "./operation.ts";
import type { SearchStep } from "./search.ts";

export type Value = string | null;

/** A write of a register, or a read that has a reply. */
export interface RegisterStep extends SearchStep<Value> {
  /** The value of a write. Undefined for a read. */
  readonly write: string | undefined;
}

/**
 * The steps of a key with SET and GET. A SET without a reply matters until the last read of its value, and is
 * ignored without a read.
 */
export function registerSteps(operations: readonly Operation[]): readonly RegisterStep[] {
  const lastRead = new Map<Value, number>();
  for (const operation of operations) {
    if (operation.kind !== "get" || operation.end === undefined) continue;
    const { result = null, end } = operation;
    lastRead.set(result, Math.max(end, lastRead.get(result) ?? end));
  }
  return operations.flatMap((operation, id): RegisterStep[] => {
    const { start } = operation;
    if (operation.kind === "set") {
      const last = operation.end ?? lastRead.get(operation.value);
      if (last === undefined) return [];
      const end = Math.max(start, last);
      return [{ id, start, end, read: undefined, write: operation.value, isAnswered: true }];
    }
    const { end } = operation;
    if (operation.kind !== "get" || end === undefined) return [];
    return [{ id, start, end, read: operation.result ?? null, write: undefined, isAnswered: true }];
  });
}

/** An INCR, or a GET that has a reply. */
export interface CounterStep extends SearchStep<number> {
  /** The reply of an INCR. Undefined without a reply and for a read. */
  readonly reply: number | undefined;
  /** An INCR that takes effect at most once. */
  readonly sentOnce: boolean;
}

/** The steps of a key with INCR and GET. */
export function counterSteps(operations: readonly Operation[]): readonly CounterStep[] {
  return operations.flatMap((operation, id): CounterStep[] => {
    const { start, end } = operation;
    if (operation.kind === "incr") {
      const reply = end === undefined ? undefined : operation.result;
      const isAnswered = reply !== undefined;
      const { sentOnce = false } = operation;
      return [{ id, start, end: end ?? Infinity, read: undefined, reply, sentOnce, isAnswered }];
    }
    if (operation.kind !== "get" || end === undefined) return [];
    const read = Number(operation.result ?? 0);
    return [{ id, start, end, read, reply: undefined, sentOnce: false, isAnswered: true }];
  });
}
