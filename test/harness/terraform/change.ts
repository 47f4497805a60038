import { isDeepStrictEqual } from "node:util";
import type { Block, Module } from "./module.ts";

/** What Terraform would do to one block between two versions of a template. */
export interface Change {
  readonly address: string;
  readonly type: string;
  readonly action: "create" | "update" | "delete";
}

/**
 * Compares two versions of a template, block by block, as declared: only what somebody edited counts.
 * Data and ephemeral blocks are read anew at every apply and are no change by themselves.
 */
export function compare(before: Module | undefined, after: Module): Change[] {
  const changes: Change[] = [];
  for (const block of after.blocks.values()) {
    const earlier = before?.blocks.get(block.address);
    const action = !earlier ? "create" : isEqual(earlier, block) ? undefined : "update";
    if (action && block.kind === "resource") changes.push({ ...name(block), action });
  }
  for (const block of before?.blocks.values() ?? []) {
    if (block.kind !== "resource" || after.blocks.has(block.address)) continue;
    changes.push({ ...name(block), action: "delete" });
  }
  return changes;
}

const isEqual = (a: Block, b: Block): boolean => isDeepStrictEqual(a.arguments, b.arguments);

const name = ({ address, type }: Block): Pick<Change, "address" | "type"> => ({ address, type });
