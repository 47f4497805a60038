import { withBlock } from "../../harness/results/marked-block.ts";
import type { Results } from "../../harness/results/results.ts";
import { whereAndWhen } from "../../harness/results/where-and-when.ts";
import type { Way } from "./clients.ts";
import { type FaultName, faults } from "./faults.ts";
import { type Cost, PATIENCE } from "./round.ts";
import type { MeasuredRow } from "./rows.ts";

const WAYS: Readonly<Record<Way, string>> = {
  a: "A record",
  hook: "its hook and an SRV lookup",
  "srv-dialer": "srv-dialer",
  forward: "`srv-dialer forward`",
};

const HEAD = ["client", "way", "a move", "silence", "outage", "failover", "failed", "done twice"];

/** Inserts the tables of `studies/results/clients.json` into the page. */
export function clientsPage(page: string, results: Results): string {
  const rows = results.figures["rows"] as unknown as readonly MeasuredRow[];
  const guide = rows.filter(({ settings }) => settings === "guide");
  const defaults = rows.filter(({ settings }) => settings === "defaults");
  const text = [
    `${whereAndWhen(results)}, loopback.`,
    tableOf(guide),
    "With no settings at all, by the A record:",
    tableOf(defaults),
    "## What the app sees",
    ...errorsOf(rows),
  ];
  return withBlock(page, "results of npm run clients", text.join("\n\n"));
}

function tableOf(rows: readonly MeasuredRow[]): string {
  const lines = rows.map((row) => `| ${cellsOf(row).join(" | ")} |`);
  const rule = HEAD.map(() => "---").join(" | ");
  return [`| ${HEAD.join(" | ")} |`, `| ${rule} |`, ...lines].join("\n");
}

function cellsOf({ client, version, way, result, failure }: MeasuredRow): string[] {
  const head = [`${client} ${version}`, WAYS[way]];
  if (result === undefined) return [...head, `not measured: ${failure}`, "", "", "", "", ""];
  const { costs, twice } = result;
  const failed = costs.reduce((sum, cost) => sum + cost.failed, 0);
  return [...head, ...faults.map(({ name }) => timeOf(costs, name)), String(failed), String(twice)];
}

/** `0.1 s`, or `0.1 s, at most 0.3 s` for several; `no` if one of them did not recover. */
function timeOf(costs: readonly Cost[], fault: FaultName): string {
  const times = costs.filter((cost) => cost.fault === fault).map(({ recovery }) => recovery);
  const known = times.filter((time) => time !== null).toSorted((a, b) => a - b);
  if (known.length < times.length) {
    const count = times.length - known.length;
    return times.length === 1
      ? `not in ${PATIENCE / 1000} s`
      : `${count} of ${times.length} not in ${PATIENCE / 1000} s`;
  }
  const [middle, most] = [known[known.length >> 1] ?? 0, known.at(-1) ?? 0];
  return known.length === 1 ? seconds(most) : `${seconds(middle)}, at most ${seconds(most)}`;
}

const seconds = (ms: number): string =>
  `${(Math.max(0, ms) / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/** The errors of each client, with the settings of its guide. */
function errorsOf(rows: readonly MeasuredRow[]): string[] {
  const names = [...new Set(rows.map(({ client }) => client))];
  return names.map((name) => {
    const errors = new Set(
      rows
        .filter(({ client, settings }) => client === name && settings === "guide")
        .flatMap(({ result }) => result?.costs ?? [])
        .flatMap((cost) => cost.errors),
    );
    const list = [...errors].toSorted().map((error) => `- \`${error.replaceAll("`", "'")}\``);
    return [`### ${name}`, "", ...(list.length === 0 ? ["No error."] : list)].join("\n");
  });
}
