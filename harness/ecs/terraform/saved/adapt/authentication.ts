import type { Block } from "../../configuration/module.ts";
import { rowOf } from "../../types/index.ts";
import { isRecord } from "../configuration/expression-of.ts";
import type { Note } from "../note.ts";

/** A listener or a rule that lets users in without a login, and a note if AWS asks for one. */
export function withoutLogin(block: Block): { block: Block; notes: readonly Note[] } {
  const { actions: argument } = rowOf(block.type);
  const all: unknown = argument === undefined ? undefined : block.arguments[argument];
  if (argument === undefined || !Array.isArray(all)) return { block, notes: [] };
  const left = all.filter((each: unknown) => !isLogin(each));
  if (left.length === all.length || left.length === 0) return { block, notes: [] };
  const note = { address: block.address, text: "no login is asked for: requests are forwarded" };
  return {
    block: { ...block, arguments: { ...block.arguments, [argument]: left } },
    notes: [note],
  };
}

const isLogin = (action: unknown): boolean =>
  isRecord(action) && /^(?:authenticate-|jwt-)/.test(String(action["type"]));
