import { asRecord, entriesOf, isRecord } from "../expression/values.ts";
import type { Names } from "./each.ts";

/** Whether the value of a key `dynamic` describes blocks, and is not that of an argument with this name. */
export function isDynamic(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const described = Object.values(value).map((each) => (Array.isArray(each) ? each[0] : each));
  return described.every((each) => isRecord(each) && "for_each" in each && "content" in each);
}

/**
 * The blocks of `dynamic`, by type.
 * https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
 *
 * @param names those of the block around it
 * @param evaluate the value of an expression
 */
export function dynamicBlocks(
  kinds: unknown,
  names: Names,
  evaluate: (written: unknown, names: Names) => unknown,
): [string, unknown[]][] {
  return entriesOf("dynamic", kinds).map(([kind, described]) => {
    const { for_each: over, content } = asRecord(described);
    const made = entriesOf("for_each", evaluate(over, names)).map(([key, value]) =>
      evaluate(asRecord(content), { ...names, [kind]: { key, value } }),
    );
    return [String(kind), made];
  });
}
