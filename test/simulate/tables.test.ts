import { describe, expect, it } from "vitest";

import { row } from "./example-row.ts";
import {
  apiTable,
  hostTable,
  moveTable,
  steadyTable,
  stormTable,
  toMarkdown,
  toText,
} from "./tables.ts";

const ROWS = [row(10, "as it is"), row(1_000, "no jitter")];

describe("the tables of the simulation", () => {
  it("tell times in seconds, counts in full and shares in percent", () => {
    expect(moveTable(ROWS).rows[1]?.slice(0, 6)).toEqual([
      "1 000",
      "no jitter",
      "0.9 s",
      "1.5 s",
      "10.6 s",
      "1 234",
    ]);
    expect(hostTable(ROWS).rows[0]).toEqual(["10", "559", "100", "5.0 %", "10.6 s"]);
    expect(apiTable(ROWS).rows[0]).toEqual(["10", "1 000", "14 000", "5.0 %", "0.9 s", "1.5 s"]);
    const steady = {
      ahead: { waited: 0.008, queries: 0.8 },
      without: { waited: 0.1, queries: 0.25 },
    };
    expect(steadyTable(steady).rows).toEqual([
      ["as it is", "0.8 %", "0.8"],
      ["no refresh-ahead", "10.0 %", "0.25"],
    ]);
  });

  it("say whether the simulation agrees with the scenario, and how late timers were", () => {
    const figures = { dns: 8_600, cloudMap: 1_700, queriesPerDial: 1.061, queries: 2_300 };
    const { rows } = stormTable({
      measured: figures,
      simulated: figures,
      late: 12.3,
      verdict: "agrees",
    });
    expect(rows[1]).toEqual(["simulated", "8.6 s", "1.7 s", "1.06", "2 300"]);
    expect(rows[2]?.[0]).toBe("agrees; timers were 12.3 ms late");
  });

  it("are for a terminal and for a page", () => {
    const figures = { title: "Rows", head: ["a", "b"], rows: [["1", "2"]] };
    expect(toText(figures)).toMatch(/^Rows\n┌.*│ 1 │ 2 │/s);
    expect(toMarkdown(figures)).toBe("**Rows**\n\n| a   | b   |\n| --- | --- |\n| 1   | 2   |");
  });
});
