import type { Api } from "../reference/api.ts";

/**
 * The names of types that users write values of: those of parameters, and those that are named in them. A member that
 * is new there and not optional breaks these users. Rather one name too many: what a listener gets counts too.
 */
export function inputsOf({ entries }: Api): ReadonlySet<string> {
  const all = entries.flatMap(({ names }) => names);
  const types = new Map(
    all
      .filter(({ kind }) => kind === "interface" || kind === "type")
      .map(({ name, signature }) => [name, wordsOf(signature)]),
  );
  const inputs = new Set(
    all
      .flatMap(({ signature }) => wordsOf(inParentheses(signature)))
      .filter((word) => types.has(word)),
  );
  // A set that grows while it is walked through: what is added is visited too.
  for (const input of inputs) {
    for (const word of types.get(input) ?? []) if (types.has(word)) inputs.add(word);
  }
  return inputs;
}

const wordsOf = (text: string): string[] => text.match(/[A-Za-z_$][\w$]*/g) ?? [];

function inParentheses(text: string): string {
  let depth = 0;
  let inside = "";
  for (const character of text) {
    if (character === ")") depth -= 1;
    inside += depth > 0 ? character : " ";
    if (character === "(") depth += 1;
  }
  return inside;
}
