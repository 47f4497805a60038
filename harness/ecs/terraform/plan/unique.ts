import { HarnessError } from "../../base/errors.ts";

/**
 * Checks that no two items have the same name.
 * @param nameOf returns the argument with an item's name, for the error, and the name
 * @throws HarnessError ERR_TEMPLATE with the name that occurs twice
 */
export function checkUnique<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => readonly [where: string, name: string | number],
): void {
  const seen = new Set<string | number>();
  for (const item of items) {
    const [where, name] = nameOf(item);
    if (seen.has(name)) {
      throw new HarnessError("ERR_TEMPLATE", `${where}: ${name} occurs twice`);
    }
    seen.add(name);
  }
}
