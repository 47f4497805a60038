import type { Block } from "../../configuration/module.ts";
import { rowOf } from "../../types/index.ts";
import { isRecord } from "../../expression/values.ts";
import type { Note } from "../note.ts";
import { isOff } from "../unmodelled.ts";

/** The algorithm that is played. */
const PLAYED = "round_robin";

/** A resource without the arguments that are not played, and a note about each. */
export function withoutUnplayed(block: Block): { block: Block; notes: readonly Note[] } {
  // A data source finds what is elsewhere.
  const unplayed = new Map(
    Object.entries(block.kind === "resource" ? (rowOf(block.type).notPlayed ?? {}) : {}),
  );
  const set = Object.entries(block.arguments).filter(([name]) => unplayed.has(name));
  if (set.length === 0) return { block, notes: [] };
  const given = Object.entries(block.arguments).filter(([name]) => !unplayed.has(name));
  const notes = set
    .filter(([, value]) => !isOff(value) && !isDisabled(value) && value !== PLAYED)
    .map(([name]) => notPlayed(block.address, name, unplayed.get(name) ?? ""));
  return { block: { ...block, arguments: Object.fromEntries(given) }, notes };
}

/** Whether it is a block that is turned off. */
function isDisabled(value: unknown): boolean {
  const [only, ...more] = [value].flat();
  if (!isRecord(only) || more.length > 0) return false;
  const switches = ["enabled", "enable", "mode"].filter((name) => Object.hasOwn(only, name));
  return switches.some((name) => only[name] === "passthrough" || isOff(only[name]));
}

/** The note about what is not played. */
export const notPlayed = (address: string, what: string, because: string): Note => ({
  address,
  text: `${what} is not played, because ${because}`,
});
