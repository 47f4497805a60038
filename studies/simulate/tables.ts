import Table from "cli-table3";
import { table as markdown } from "../../harness/results/markdown.ts";
import { PATIENCE } from "./move.ts";
import type { SimulateFigures } from "./parts.ts";

/** A table for a terminal or a page. */
interface Figures {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table of each part, in the order of the page. */
export const TABLES: Readonly<
  Record<keyof SimulateFigures, (figures: SimulateFigures) => Figures>
> = {
  moves: ({ moves }) => ({
    title: "Redis moves",
    head: "clients,setup,half back,99 % back,all back,DNS/s,API/s,connects/s,backlog full".split(
      ",",
    ),
    rows: moves.map(({ clients, variant, recovery, dns, api, connects }) => [
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
  }),
  hosts: ({ hosts }) => ({
    title: "One host: packets from its network interface to DNS",
    head: ["clients on the host", "busiest second", "dropped", "of all", "all back"],
    rows: hosts.map(({ clients, recovery, dns }) => [
      whole(clients),
      whole(dns.peakOfHost),
      whole(dns.dropped),
      percent(dns.dropped / dns.total),
      seconds(recovery.all),
    ]),
  }),
  api: ({ api }) => ({
    title: "One account and region: calls of the Cloud Map API",
    head: "clients that query it,busiest second,calls,throttled,half back,99 % back".split(","),
    rows: api.map(({ clients, recovery, api: calls }) => [
      whole(clients),
      whole(calls.peak),
      whole(calls.total),
      percent(calls.throttled / calls.total),
      seconds(recovery.half),
      seconds(recovery.most),
    ]),
  }),
};

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
