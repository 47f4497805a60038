import type { Key } from "./check-operations.ts";
import { minimal } from "./minimal.ts";
import type { Operation } from "./operation.ts";

/**
 * A minimal set of contradicting operations, in the order of their starts.
 * @param fails whether operations of the key contradict each other
 */
export function smallest(
  { kind, operations }: Key,
  fails: (operations: readonly Operation[]) => boolean,
): readonly Operation[] {
  const left = kind === "register" ? ofRegister(operations, fails) : ofCounter(operations, fails);
  return left.toSorted((a, b) => a.start - b.start);
}

/** A SET is removed only together with every GET of its value. */
function ofRegister(
  operations: readonly Operation[],
  fails: (operations: readonly Operation[]) => boolean,
): readonly Operation[] {
  const byValue = new Map<string | null, Operation[]>();
  for (const operation of operations) {
    const value = valueOf(operation);
    if (value === undefined) continue;
    const others = byValue.get(value);
    if (others) others.push(operation);
    else byValue.set(value, [operation]);
  }
  const groups = minimal([...byValue.values()], (part) => fails(part.flat())).flat();
  const sets = groups.filter(isSet);
  const gets = groups.filter((operation) => !isSet(operation));
  return [...sets, ...minimal(gets, (part) => fails([...sets, ...part]))];
}

/** Only the reply of an INCR is removed. The INCR still counts. */
function ofCounter(
  operations: readonly Operation[],
  fails: (operations: readonly Operation[]) => boolean,
): readonly Operation[] {
  const answered = operations.filter(({ end }) => end !== undefined);
  return minimal(answered, (part) => {
    const kept = new Set(part);
    return fails(operations.flatMap((each) => (kept.has(each) ? each : withoutReply(each))));
  });
}

function withoutReply(operation: Operation): readonly Operation[] {
  return operation.kind === "incr" ? [{ ...operation, result: undefined }] : [];
}

const isSet = ({ kind }: Operation): boolean => kind === "set";

/** The value of a SET or the result of a GET. */
function valueOf(operation: Operation): string | null | undefined {
  if (operation.kind === "set") return operation.value;
  return operation.kind === "get" ? operation.result : undefined;
}
