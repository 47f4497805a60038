import type { Change } from "./change.ts";
import { isWritten, type Declared, type DeclaredBlocks } from "./declared.ts";
import { isEquivalent } from "./equivalent.ts";
import { forcingNew } from "./forces-new.ts";
import { isTriggered } from "./triggers.ts";

/**
 * Compares two versions of a template, block by block, by the values of their arguments. Whatever
 * refers to an attribute that only AWS knows, an id or an ARN, of a resource that is replaced differs
 * too: the next has another.
 * @throws HarnessError for a trigger of which it is not known whether it changes
 */
export function compare(before: DeclaredBlocks | undefined, after: DeclaredBlocks): Change[] {
  const earlier = before ?? new Map<string, Declared>();
  let known: ReadonlyMap<string, Change> = new Map();
  // A replacement may replace others, which may replace others again.
  for (let size = -1; size !== sizeOf(known);) {
    size = sizeOf(known);
    const found = [...after.values()].flatMap((block) => {
      const change = changeOf(earlier.get(block.address), block, after, known);
      return change ? [[block.address, change] as const] : [];
    });
    // What follows from others comes after them.
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

/** It only grows from one look to the next. */
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
  const names = differing(earlier, block, known);
  // What is read anew with other arguments is something else.
  const isReplaced =
    (kind !== "resource" && names.length > 0) ||
    forcingNew(type, earlier.arguments, block.arguments, names).length > 0 ||
    isTriggered(block, after, known);
  if (!isReplaced && names.length === 0) return undefined;
  return { address, type, action: isReplaced ? "replace" : "update", arguments: names };
}

function differing(
  earlier: Declared,
  { type, arguments: args, lifecycle: { ignore_changes: ignored } }: Declared,
  known: ReadonlyMap<string, Change>,
): string[] {
  const names = new Set([...Object.keys(earlier.arguments), ...Object.keys(args)]);
  return [...names].filter(
    (name) =>
      !isWritten(name) &&
      ignored !== "all" &&
      !ignored.includes(name) &&
      (!isEquivalent(type, name, earlier.arguments[name], args[name]) ||
        refersToNew(args[name], known)),
  );
}

/** Whether a value holds a placeholder of something that is replaced. */
function refersToNew(value: unknown, known: ReadonlyMap<string, Change>): boolean {
  const text = JSON.stringify(value) ?? "";
  const referred = text.matchAll(/⟨((?:(?:data|ephemeral)\.)?[\w-]+\.[\w-]+)\./g);
  return [...referred].some(([, address = ""]) => known.get(address)?.action === "replace");
}
