import Table from "cli-table3";
import type { MoveRow } from "./parts.ts";
import type { Steady } from "./steady.ts";
import type { StormComparison, StormFigures } from "./storm.ts";

type Row = readonly (string | number)[];

/** What a move does, by the number of clients and how they are set up. */
export function moveTable(rows: readonly MoveRow[]): string {
  return table(
    [
      "clients",
      "set up",
      "half back",
      "99 % back",
      "all back",
      "DNS/s",
      "API/s",
      "throttled",
      "connects/s",
      "backlog full",
    ],
    rows.map(({ clients, variant, recovery, dns, api, connects }) => [
      whole(clients),
      variant,
      seconds(recovery.half),
      seconds(recovery.most),
      seconds(recovery.all),
      whole(dns.peak),
      whole(api.peak),
      whole(api.throttled),
      whole(connects.peak),
      whole(connects.overflows),
    ]),
  );
}

export function hostTable(rows: readonly MoveRow[]): string {
  return table(
    ["clients on a host", "packets/s sent", "dropped", "of all", "all back"],
    rows.map(({ clients, recovery, dns }) => [
      whole(clients),
      whole(dns.peakOfHost),
      whole(dns.dropped),
      percent(dns.dropped / dns.total),
      seconds(recovery.all),
    ]),
  );
}

export function apiTable(rows: readonly MoveRow[]): string {
  return table(
    ["clients that ask the API", "calls/s", "calls", "throttled", "half back", "99 % back"],
    rows.map(({ clients, recovery, api }) => [
      whole(clients),
      whole(api.peak),
      whole(api.total),
      percent(api.throttled / api.total),
      seconds(recovery.half),
      seconds(recovery.most),
    ]),
  );
}

export function steadyTable({ ahead, without }: { ahead: Steady; without: Steady }): string {
  return table(
    ["a dial a second", "dials that wait for DNS", "DNS packets/s and client"],
    [
      ["refresh-ahead", percent(ahead.waited), ahead.queries],
      ["without", percent(without.waited), without.queries],
    ],
  );
}

export function stormTable({ measured, simulated, late, verdict }: StormComparison): string {
  return table(
    ["200 clients", "all back, DNS", "all back, Cloud Map as well", "DNS a dial", "DNS/s"],
    [
      stormRow("scenario storm", measured),
      stormRow("simulated", simulated),
      [`${verdict}; timers were ${late} ms late`, "", "", "", ""],
    ],
  );
}

function stormRow(name: string, figures: StormFigures): Row {
  const { dns, cloudMap, queriesPerDial, queries } = figures;
  return [name, seconds(dns), seconds(cloudMap), queriesPerDial.toFixed(2), whole(queries)];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

function table(head: readonly string[], rows: readonly Row[]): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
}

function whole(number: number): string {
  return number.toLocaleString("en-US").replaceAll(",", " ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
