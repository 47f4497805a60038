import { isDeepStrictEqual } from "node:util";
import { HarnessError } from "../../base/errors.ts";
import {
  isMeta,
  isWritten,
  lifecycleOf,
  type Declared,
  type DeclaredBlocks,
} from "../configuration/declared.ts";
import type { Block, Module } from "../configuration/module.ts";
import type { Kept } from "../configuration/resolver.ts";
import { parseSymbol } from "../expression/symbol.ts";
import { argumentOf, isModelled, rowOf } from "../types/index.ts";

/** @throws HarnessError for an entry of `ignore_changes` that is not a whole argument */
export function checkIgnored({ address, type, lifecycle }: Declared): void {
  const { ignore_changes: ignored } = lifecycle;
  if (ignored === "all" || !isModelled(type)) return;
  for (const entry of ignored) {
    if (argumentOf(type, entry) !== undefined || /^tags(_all)?\b/.test(entry)) continue;
    const message = `${address}.lifecycle.ignore_changes: "${entry}" is not an argument of ${type} that the local ECS models; only whole arguments can be ignored`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
}

/**
 * The arguments that a template's resources keep from the state: those in `ignore_changes`, computed ones that
 * are left out, and write-only ones until their version changes. Replaced resources keep them too.
 * @param state the blocks that were applied before
 */
export function keptArguments(module: Module, state: DeclaredBlocks): Kept {
  const blocks = [...module.blocks.values()].filter(({ kind }) => kind === "resource");
  return new Map(
    blocks.flatMap((block) => {
      const present = state.get(block.address)?.arguments;
      if (!present) return [];
      const { ignore_changes: ignored } = lifecycleOf(block);
      const kept = Object.entries({ ...block.arguments, ...present })
        .filter(([name]) => !isGone(module, name, present[name]))
        .filter(
          ([name]) =>
            isIgnored(ignored, name) ||
            isLeftOut(block, name) ||
            isWrittenBefore(block, name, present),
        );
      const values = kept.map(([name]) => [name, present[name]] as const);
      return [[block.address, Object.fromEntries(values)] as const];
    }),
  );
}

function isIgnored(ignored: Declared["lifecycle"]["ignore_changes"], name: string): boolean {
  return !isMeta(name) && (ignored === "all" || ignored.includes(name));
}

/**
 * For a service that keeps its revision: whether the template no longer declares the task definition. The
 * revision continues to run; the rest of the service is read with the new task definition.
 */
function isGone({ blocks }: Module, name: string, value: unknown): boolean {
  const referred = typeof value === "string" ? parseSymbol(value)?.address : undefined;
  return name === "task_definition" && referred !== undefined && !blocks.has(referred);
}

const isLeftOut = ({ type, arguments: args }: Block, name: string): boolean =>
  rowOf(type).kept?.includes(name) === true && (args[name] ?? null) === null;

function isWrittenBefore(block: Block, name: string, present: Declared["arguments"]): boolean {
  const version = `${name}_version`;
  return (
    isWritten(name) &&
    present[version] !== undefined &&
    isDeepStrictEqual(block.arguments[version], present[version])
  );
}
