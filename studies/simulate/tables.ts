import Table from "cli-table3";
import { table as markdown } from "../../harness/results/markdown.ts";
import { PATIENCE } from "./move.ts";
import type { MoveRow } from "./parts.ts";
import type { Steady } from "./steady.ts";

/** A table for a terminal or a page. */
export interface Figures {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A row without the series, which only the picture needs. */
export type MoveFigures = Omit<MoveRow, "series">;

/** The effect of a move, by number of clients and their setup. */
export function moveTable(rows: readonly MoveFigures[], title = "Redis moves"): Figures {
  return {
    title,
    head: [
      "clients",
      "setup",
      "half back",
      "99 % back",
      "all back",
      "DNS/s",
      "API/s",
      "connects/s",
      "backlog full",
    ],
    rows: rows.map(({ clients, variant, recovery, dns, api, connects }) => [
      whole(clients),
      variant,
      seconds(recovery.half),
      seconds(recovery.most),
      seconds(recovery.all),
      whole(dns.peak),
      whole(api.peak),
      whole(connects.peak),
      whole(connects.overflows),
    ]),
  };
}

export function hostTable(rows: readonly MoveFigures[]): Figures {
  return {
    title: "One host: packets from its network interface to DNS",
    head: ["clients on the host", "busiest second", "dropped", "of all", "all back"],
    rows: rows.map(({ clients, recovery, dns }) => [
      whole(clients),
      whole(dns.peakOfHost),
      whole(dns.dropped),
      percent(dns.dropped / dns.total),
      seconds(recovery.all),
    ]),
  };
}

export function apiTable(rows: readonly MoveFigures[]): Figures {
  return {
    title: "One account and region: calls of the Cloud Map API",
    head: [
      "clients that query it",
      "busiest second",
      "calls",
      "throttled",
      "half back",
      "99 % back",
    ],
    rows: rows.map(({ clients, recovery, api }) => [
      whole(clients),
      whole(api.peak),
      whole(api.total),
      percent(api.throttled / api.total),
      seconds(recovery.half),
      seconds(recovery.most),
    ]),
  };
}

export function steadyTable({ ahead, without }: { ahead: Steady; without: Steady }): Figures {
  return {
    title: "Redis does not move: each client dials once per second",
    head: ["setup", "dials that wait for DNS", "DNS packets per second and client"],
    rows: [
      ["as it is", percent(ahead.waited), String(ahead.queries)],
      ["no refresh-ahead", percent(without.waited), String(without.queries)],
    ],
  };
}

/** For a terminal. */
export function toText({ title, head, rows }: Figures): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  return `${title}\n${table.toString()}`;
}

/** For a page. */
export function toMarkdown({ title, head, rows }: Figures): string {
  return `**${title}**\n\n${markdown(head, rows)}`;
}

function seconds(milliseconds: number | null): string {
  if (milliseconds === null) return `not in ${PATIENCE / 1_000} s`;
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

function whole(number: number): string {
  return number.toLocaleString("en-US").replaceAll(",", " ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
