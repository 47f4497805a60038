import type { Block } from "../module.ts";
import { isRecord } from "./expression-of.ts";
import type { Note } from "./note.ts";

/** A listener or a rule that lets users in without a login, and a note if AWS asks for one. */
export function withoutLogin(block: Block): { block: Block; notes: readonly Note[] } {
  const argument = ARGUMENTS[block.type];
  const actions: unknown = argument === undefined ? undefined : block.arguments[argument];
  if (argument === undefined || !Array.isArray(actions)) return { block, notes: [] };
  const left = actions.filter((each: unknown) => !isLogin(each));
  if (left.length === actions.length || left.length === 0) return { block, notes: [] };
  const note = { address: block.address, text: "no login is asked for: requests are forwarded" };
  return {
    block: { ...block, arguments: { ...block.arguments, [argument]: left } },
    notes: [note],
  };
}

const ARGUMENTS: Readonly<Record<string, string>> = {
  aws_lb_listener: "default_action",
  aws_lb_listener_rule: "action",
};

const isLogin = (action: unknown): boolean =>
  isRecord(action) && /^(?:authenticate-|jwt-)/.test(String(action["type"]));
