import type { Results } from "../results/results.ts";
import { table } from "../results/markdown.ts";
import { whereAndWhen } from "../results/where-and-when.ts";
import { type Outcome, faultResults } from "./fault-results.ts";

/** The page of all faults, in Markdown, from `studies/results/faults.json`. */
export function renderFaults(results: Results): string {
  const { faults } = faultResults.parse(results.figures);
  return [
    "# What breaks, and what users see",
    "",
    "The table has every fault of the local ECS, in the environment `dev` and in the old setup: app and Redis in one",
    "task. About 20 users a second write to a guest book or read it. The app answers 503 after it has waited 1.5 s for",
    "Redis. A fault that takes minutes in AWS and seconds here says so.",
    "",
    "- _Users see_: how many requests failed and how, for how long, and how long after the repair the next one was served",
    "- _Starts_: of Redis / of the app",
    "- _Lost_: acknowledged writes that are not in Redis at the end",
    "- _Before_: the same in the old setup. – means that the fault does not exist there: the old setup asks no DNS, and has",
    "  no network between app and Redis",
    "",
    `Written by \`npm run faults\`: ${whereAndWhen(results)}. [How to play a fault](local-ecs.md#scenarios).`,
    "",
    table(
      ["fault", "users see", "starts", "lost", "before: users see", "starts", "lost"],
      faults.map(({ title, inAws, after, before }) => [
        `**${title}**<br>${inAws}`,
        ...cells(after),
        ...(before ? cells(before) : ["–", "–", "–"]),
      ]),
    ),
    "",
  ].join("\n");
}

/** The cells for users, starts and losses. */
function cells(outcome: Outcome): [string, string, string] {
  if ("broken" in outcome) return [`failed: ${outcome.broken}`, "?", "?"];
  const { failed, sent, statuses, away, recovery, redisStarts, appStarts, lost } = outcome;
  const how = statuses.map((status) => (status === 0 ? "no answer" : String(status))).join(", ");
  const seen =
    failed === 0
      ? "nothing"
      : `${how} to ${failed} of ${sent} requests, for ${away}; served ${recovery} after`;
  return [seen, `${redisStarts} / ${appStarts}`, lost];
}
