import { code, sentence } from "../../command-line/markdown-code.ts";
import { seconds } from "../plays/stage/results.ts";
import { table } from "../results/markdown.ts";
import { redisSentence, type UpgradeSummary } from "../upgrade/analyse.ts";
import { effectOf, isLosing, type Notice } from "../upgrade/notice.ts";
import type { Noticed } from "../upgrade/noticed.ts";
import type { PlannedChange } from "../ecs/index.ts";
import { actionWords, countsOf, unknowns, ordered, type Played } from "./upgrade-words.ts";

/** How many changes are listed before the others are folded. */
const MOST = 8;

/** What a plan does, as a comment for a pull request. */
export function upgradeComment(summary: UpgradeSummary, played: Played): string {
  const { name, notices, drifted } = summary;
  const changes = [
    ...ordered(summary).map(changeLine),
    ...drifted.map((address) => `- ${code(address)} was changed outside of Terraform`),
  ];
  return [
    `### ${markOf(summary, played)} ${code(name)}: ${sentence(redisSentence(summary))}${usersClause(played)}`,
    ...usersSection(played),
    ...section("Redis and its data", notices.map(noticeLine)),
    "",
    `**Resources**: ${countsOf(summary) || "none"}`,
    ...lines(changes.slice(0, MOST)),
    ...folded(changes.slice(MOST)),
    ...section(
      "Not known from the plan",
      unknowns(summary, played).map((text) => `- ${sentence(text)}`),
    ),
    "",
  ].join("\n");
}

function markOf({ notices }: UpgradeSummary, played: Played): string {
  const effect = effectOf(notices);
  const isPlayed = typeof played !== "string";
  if (isLosing(effect) || (isPlayed && played.failures.length > 0)) return "✗";
  const isNoticed = isPlayed && played.impact.failed > 0;
  return effect === "none" && !isNoticed ? "✓" : "!";
}

/** The most important figure, for the title. */
function usersClause(played: Played): string {
  if (typeof played === "string") return "";
  const { sent, failed } = played.impact;
  const end = played.isComplete ? "" : " before the play ended without a result";
  return `; ${failed === 0 ? "no request" : `${failed} of ${sent} requests`} failed${end}`;
}

const lines = (items: readonly string[]): string[] => (items.length > 0 ? ["", ...items] : []);

const section = (title: string, items: readonly string[]): string[] =>
  items.length > 0 ? ["", `**${title}**`, "", ...items] : [];

function usersSection(played: Played): string[] {
  if (typeof played === "string") {
    return section("What users notice", [`Not played: ${sentence(played)}.`]);
  }
  const { failures } = played;
  const wrong = failures.map(({ claim, seen }) => `- ✗ ${sentence(`${claim}; seen: ${seen}`)}`);
  const intro =
    "Played on one machine: the present services with data and users, then this change.";
  return [
    ...section("What users notice", [intro]),
    ...lines([table(["users", "measured"], figures(played))]),
    ...lines(wrong),
  ];
}

function figures({ impact, slowest, appStarts, lost, acknowledged }: Noticed): string[][] {
  const { sent, failed, away, redisStarts } = impact;
  const rows: [name: string, measured: string | undefined][] = [
    ["requests failed", `${failed} of ${sent}`],
    ["app away", seconds(away)],
    ["slowest answer", seconds(slowest)],
    ["starts of Redis", redisStarts?.toString()],
    ["starts of the app", appStarts],
    ["writes lost", lost && `${lost} of ${acknowledged}`],
  ];
  return rows.flatMap(([name, measured]) => (measured === undefined ? [] : [[name, measured]]));
}

const noticeLine = ({ address, what, advice }: Notice): string =>
  `- ${code(address)}: ${sentence(what)}. To do: ${sentence(advice)}.`;

function changeLine(change: PlannedChange): string {
  const { address, from, arguments: names } = change;
  const before = from === undefined ? "" : `, from ${code(from)}`;
  const what = names.length > 0 ? `: ${names.map(code).join(", ")}` : "";
  return `- ${code(address)} ${actionWords(change)}${before}${what}`;
}

const folded = (items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : ["", `<details><summary>${items.length} more</summary>`, "", ...items, "", "</details>"];
