import type { Loss, Operation } from "./operation.ts";

export interface Key {
  readonly name: string;
  readonly kind: "register" | "counter";
  readonly operations: readonly Operation[];
}

/** @throws RangeError with the operation or loss, its field and what is allowed */
export function checkOperations(
  operations: readonly Operation[],
  losses: readonly Loss[],
): readonly Key[] {
  for (const [index, { at, lossMs }] of losses.entries()) {
    if (!Number.isFinite(at)) throw wrong(`loss ${index}`, "at", at, "a time");
    if (!(lossMs >= 0)) throw wrong(`loss ${index}`, "lossMs", lossMs, "0 or more");
  }
  const keys = new Map<string, Operation[]>();
  for (const [index, operation] of operations.entries()) {
    checkOperation(`operation ${index}`, operation);
    const others = keys.get(operation.key);
    if (others) others.push(operation);
    else keys.set(operation.key, [operation]);
  }
  return [...keys].map(([name, own]) => ({ name, kind: kindOf(name, own), operations: own }));
}

function checkOperation(name: string, operation: Operation): void {
  const { start, end } = operation;
  if (!Number.isFinite(start)) throw wrong(name, "start", start, "a time");
  if (end === undefined) return;
  if (!(end >= start && end < Infinity)) throw wrong(name, "end", end, `${start} or later`);
  if (operation.kind === "get" && operation.result === undefined) {
    throw wrong(name, "result", undefined, "a value or null for an operation with an end");
  }
  if (operation.kind === "incr" && !isCount(operation.result)) {
    throw wrong(
      name,
      "result",
      operation.result,
      "a whole number from 1 for an operation with an end",
    );
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;

/** Each value must belong to one SET. */
function kindOf(key: string, operations: readonly Operation[]): Key["kind"] {
  const name = `key ${JSON.stringify(key)}`;
  const isCounter = operations.some(({ kind }) => kind === "incr");
  const values = new Set<string>();
  for (const operation of operations) {
    if (operation.kind === "set") {
      const { value } = operation;
      if (isCounter) throw wrong(name, "kind", "set", "get and incr, since it has an incr");
      if (values.has(value)) throw wrong(name, "value", value, "a value that no other set has");
      values.add(value);
    }
    if (isCounter && operation.kind === "get" && !isCounted(operation.result)) {
      throw wrong(name, "result", operation.result, "digits or null, since it has an incr");
    }
  }
  return isCounter ? "counter" : "register";
}

const isCounted = (result: string | null | undefined): boolean =>
  result === undefined || result === null || /^\d{1,15}$/.test(result);

function wrong(name: string, field: string, value: unknown, allowed: string): RangeError {
  return new RangeError(
    `${name}: ${field} is ${JSON.stringify(value) ?? "missing"}; allowed: ${allowed}`,
  );
}
