import { HarnessError } from "../base/errors.ts";

/**
 * Checks that no two items have the same name.
 * @param nameOf the argument with an item's name, for the error's text, and the name
 * @throws HarnessError ERR_TEMPLATE naming the second item of a name
 */
export function checkUnique<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => readonly [where: string, name: string | number],
): void {
  const seen = new Set<string | number>();
  for (const item of items) {
    const [where, name] = nameOf(item);
    if (seen.has(name)) {
      throw new HarnessError("ERR_TEMPLATE", `${where}: ${name} is there twice`);
    }
    seen.add(name);
  }
}
