import type { ApiName } from "../reference/api.ts";

/**
 * A declaration without the members that are compared one by one: what it extends and takes, and members without a
 * name. So an option more does not count as another declaration. A union is left as it is, since its parts may have
 * members of one name.
 */
export function declared({ signature, members }: ApiName): string {
  if (members.length === 0) return signature;
  const { outside, inside } = split(signature);
  if (outside.includes("|")) return signature;
  const known = new Set(members.flatMap((member) => partsOf(member.signature)));
  const rest = inside
    .flatMap(partsOf)
    .filter((part) => !known.has(part))
    .toSorted();
  return [outside, ...rest].join(" ").replaceAll(/\s+/g, " ").trim();
}

/** The text outside of the outer braces, and what is in each pair of them. */
function split(signature: string): { outside: string; inside: string[] } {
  const inside: string[] = [];
  let outside = "";
  let depth = 0;
  for (const character of signature) {
    if (character === "}") depth -= 1;
    if (depth === 0) outside += character;
    else inside.push((inside.pop() ?? "") + character);
    if (character !== "{") continue;
    depth += 1;
    if (depth === 1) inside.push("");
  }
  return { outside, inside };
}

const OPENING = "({[";
const CLOSING = ")}]";

/** The members of a declaration: what stands between the semicolons that are in no brackets. */
function partsOf(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if (OPENING.includes(character)) depth += 1;
    if (CLOSING.includes(character)) depth -= 1;
    if (character === ";" && depth === 0) parts.push("");
    else parts.push((parts.pop() ?? "") + character);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
