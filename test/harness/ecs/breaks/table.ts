/** The tests of each row of the table "Compared with ECS", by its first cell. A row without a test has none. */
export function testsByRow(page: string): ReadonlyMap<string, readonly string[]> {
  const [, table = ""] = /^## Compared with ECS\n(.*?)^Others are/ms.exec(page) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  return new Map(
    rows.slice(2).map((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      const tests = [...(cells.at(-2) ?? "").matchAll(/`([^`]+)`/g)].map(([, test = ""]) => test);
      return [cells[1] ?? "", tests];
    }),
  );
}
