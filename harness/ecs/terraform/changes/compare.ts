import { HarnessError } from "../../base/errors.ts";
import type { Change } from "../types/resource-type.ts";
import { isWritten, type Declared, type DeclaredBlocks } from "../configuration/declared.ts";
import { isEquivalent } from "./equivalent.ts";
import { addressesIn } from "../expression/symbol.ts";
import { isTriggered } from "./triggers.ts";
import { forcingNew, rowOf } from "../types/index.ts";
import type { RefersToNew } from "../types/resource-type.ts";

/**
 * Compares two versions of a template, block by block, by the values of their arguments. An argument that
 * refers to an id or ARN of a replaced resource differs too, because the new resource has another one.
 * @throws HarnessError if it is unknown whether a trigger changes, and for a change that the provider refuses
 */
export function compare(before: DeclaredBlocks | undefined, after: DeclaredBlocks): Change[] {
  const earlier = before ?? new Map<string, Declared>();
  let known: ReadonlyMap<string, Change> = new Map();
  // A replacement may cause others.
  for (let size = -1; size !== sizeOf(known);) {
    size = sizeOf(known);
    const found = [...after.values()].flatMap((block) => {
      const change = changeOf(earlier.get(block.address), block, after, known);
      return change ? [[block.address, change] as const] : [];
    });
    // Later entries are consequences of earlier ones.
    known = new Map([...known, ...found]);
  }
  const gone = [...earlier.values()].filter(({ address }) => !after.has(address));
  return [
    ...[...known.values()].filter(({ address }) => after.get(address)?.kind === "resource"),
    ...gone
      .filter(({ kind }) => kind === "resource")
      .map(({ address, type }): Change => ({ address, type, action: "delete", arguments: [] })),
  ];
}

/** A number that grows with each change, argument and replacement. */
const sizeOf = (changes: ReadonlyMap<string, Change>): number =>
  [...changes.values()].reduce(
    (sum, { action, arguments: names }) => sum + 1 + names.length + Number(action === "replace"),
    0,
  );

function changeOf(
  earlier: Declared | undefined,
  block: Declared,
  after: DeclaredBlocks,
  known: ReadonlyMap<string, Change>,
): Change | undefined {
  const { address, type, kind } = block;
  if (!earlier) return { address, type, action: "create", arguments: [] };
  const isNew = (value: unknown): boolean => refersToNew(value, known);
  const names = differing(earlier, block, isNew);
  const refusal = rowOf(type).refusesChange?.(names, block.arguments);
  if (refusal !== undefined) throw new HarnessError("ERR_TEMPLATE", `${address}.${refusal}`);
  // A data source that is read with other arguments counts as replaced.
  const isReplaced =
    block.isReplaced === true ||
    (kind !== "resource" && names.length > 0) ||
    forcingNew(type, earlier.arguments, block.arguments, names, isNew).length > 0 ||
    isTriggered(block, after, known);
  if (!isReplaced && names.length === 0) return undefined;
  return { address, type, action: isReplaced ? "replace" : "update", arguments: names };
}

function differing(
  earlier: Declared,
  { type, arguments: args, lifecycle: { ignore_changes: ignored } }: Declared,
  isNew: RefersToNew,
): string[] {
  const names = new Set([...Object.keys(earlier.arguments), ...Object.keys(args)]);
  return [...names].filter(
    (name) =>
      !isWritten(name) &&
      ignored !== "all" &&
      !ignored.includes(name) &&
      (!isEquivalent(type, name, earlier.arguments[name], args[name]) || isNew(args[name])),
  );
}

/** Whether a value contains the placeholder of a block that is replaced. */
function refersToNew(value: unknown, known: ReadonlyMap<string, Change>): boolean {
  const referred = addressesIn(JSON.stringify(value) ?? "");
  return referred.some((address) => known.get(address)?.action === "replace");
}
