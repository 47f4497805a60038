import { z } from "zod";
import { lifecycle, parse, type Lifecycle } from "../types/fields.ts";
import type { Block } from "./module.ts";

/** A block in the form in which Terraform compares it with the state. */
export interface Declared {
  readonly address: string;
  readonly kind: Block["kind"];
  readonly type: string;
  /** The values of its arguments, without meta-arguments. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly lifecycle: Lifecycle;
  /** Whether a saved plan replaces it. */
  readonly isReplaced?: boolean;
}

/** Blocks by address. */
export type DeclaredBlocks = ReadonlyMap<string, Declared>;

/** Terraform's meta-arguments, which are not in the state. */
const META = new Set(["depends_on", "lifecycle", "provider", "timeouts"]);
export const isMeta = (name: string): boolean => META.has(name);

/** @param values the block's resolved arguments */
export function declaredOf(block: Block, values: Readonly<Record<string, unknown>>): Declared {
  const { address, kind, type, isReplaced } = block;
  const own = Object.entries(values).filter(([name]) => !isMeta(name));
  return {
    address,
    kind,
    type,
    arguments: Object.fromEntries(own),
    lifecycle: lifecycleOf(block),
    ...(isReplaced !== undefined && { isReplaced }),
  };
}

/**
 * Whether an argument is write-only. These are not in the state; their version argument decides when they are
 * written.
 */
export const isWritten = (name: string): boolean => name.endsWith("_wo");

/** A block's lifecycle, with defaults. */
export const lifecycleOf = ({ address, arguments: args }: Block): Lifecycle =>
  parse(address, z.object({ lifecycle }), args).lifecycle ?? LEFT_OUT;

const LEFT_OUT: Lifecycle = {
  prevent_destroy: false,
  create_before_destroy: false,
  ignore_changes: [],
  replace_triggered_by: [],
};
