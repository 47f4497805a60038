import { HarnessError } from "../base/errors.ts";

/**
 * Names that AWS gives away once.
 * @param nameOf where an item has its name, for the error's text, and the name
 * @throws HarnessError ERR_TEMPLATE naming the second that has a name
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
