import { describe, expect, it } from "vitest";

import { makeResults } from "../../../harness/results/write-results.ts";
import { clients } from "../../../studies/clients/clients.ts";
import { faults } from "../../../studies/clients/faults.ts";
import { clientsPage } from "../../../studies/clients/page.ts";
import type { Cost } from "../../../studies/clients/round.ts";
import { failedRow, rowsOf } from "../../../studies/clients/rows.ts";

const PAGE = "# Clients\n\n<!-- results of npm run clients -->\n\n<!-- end -->\n";

/** What each fault cost. @param recovery of the moves in turn; of others, the first one */
function costs(...recovery: readonly (number | null)[]): Cost[] {
  return faults.flatMap(({ name, times }) =>
    Array.from({ length: times }, (_, index) => ({
      fault: name,
      recovery: recovery[name === "move" ? index : 0] ?? null,
      failed: 1,
      errors: ["ECONNRESET"],
    })),
  );
}

function lineOf(result: { costs: Cost[]; twice: number } | string): string {
  const [row] = rowsOf(clients);
  if (row === undefined) throw new Error("no clients");
  const failed = failedRow(row, typeof result === "string" ? result : "");
  const { failure: _, ...described } = failed;
  const measured = typeof result === "string" ? failed : { ...described, result };
  const results = makeResults("npm run clients", { rows: [measured] }, { redis: "8.0.0" });
  const page = clientsPage(PAGE, results);
  return page.split("\n").find((line) => line.startsWith("| ioredis")) ?? page;
}

describe("the page of the clients", () => {
  it("has the median and the longest of the moves, and what failed", () => {
    const line = lineOf({ costs: costs(100, 200, 300, 400, 500, 600, 12_345), twice: 3 });
    expect(line).toBe(
      "| ioredis 6.0.0 | A record | 0.4 s, at most 12 s | 0.1 s | 0.1 s | 0.1 s | 10 | 3 |",
    );
  });

  it("counts the moves from which a client did not recover", () => {
    const line = lineOf({ costs: costs(null, 200, 300, 400, 500, 600, null), twice: 0 });
    expect(line).toContain("| 2 of 7 not in 60 s | not in 60 s |");
  });

  it("says why a client was not measured", () => {
    expect(lineOf("cannot be built: no go")).toContain("| not measured: cannot be built: no go |");
  });
});

it("measures each client with the settings of its guide in all its ways, and without settings", () => {
  const rows = rowsOf(clients);
  for (const client of clients) {
    const own = rows.filter((row) => row.client === client);
    expect(own.map(({ way, settings }) => `${way} ${settings}`)).toEqual([
      ...client.ways.map((way) => `${way} guide`),
      "a defaults",
    ]);
  }
});
