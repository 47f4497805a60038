import { describe, expect, it } from "vitest";

import { row } from "./example-row.ts";
import { apiTable, hostTable, moveTable, steadyTable, stormTable } from "./tables.ts";

const ROWS = [row(10, "as it is"), row(1_000, "no jitter")];

describe("the tables of the simulation", () => {
  it("tell times in seconds, counts in full and shares in percent", () => {
    expect(moveTable(ROWS)).toMatch(/1 000 +│ no jitter +│ 0\.9 s +│ 1\.5 s +│ 10\.6 s +│ 1 234/);
    expect(hostTable(ROWS)).toMatch(/10 +│ 559 +│ 100 +│ 5\.0 % +│ 10\.6 s/);
    expect(apiTable(ROWS)).toMatch(/1 000 +│ 1 000 +│ 14 000 +│ 5\.0 % +│ 0\.9 s +│ 1\.5 s/);
    const steady = {
      ahead: { waited: 0.008, queries: 0.8 },
      without: { waited: 0.1, queries: 0.25 },
    };
    expect(steadyTable(steady)).toMatch(/refresh-ahead +│ 0\.8 % +│ 0\.8 .*without +│ 10\.0 %/s);
  });

  it("say whether the simulation agrees with the scenario, and how late timers were", () => {
    const figures = { dns: 8_600, cloudMap: 1_700, queriesPerDial: 1.061, queries: 2_300 };
    const table = stormTable({
      measured: figures,
      simulated: figures,
      late: 12.3,
      verdict: "agrees",
    });
    expect(table).toMatch(/simulated +│ 8\.6 s +│ 1\.7 s +│ 1\.06 +│ 2 300/);
    expect(table).toContain("agrees; timers were 12.3 ms late");
  });
});
