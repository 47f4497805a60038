import { table } from "../../stacks/docs/markdown.ts";
import { type Breakage, FIGURES } from "../plays/faults/fault.ts";
import type { Recording } from "../plays/stage/recording.ts";
import { failed } from "../plays/stage/results.ts";

/** A fault as it was played, in the new setup and, where there is such a thing, in the old one. */
export interface PlayedFault {
  readonly breakage: Pick<Breakage, "title" | "inAws">;
  readonly after: Recording;
  readonly before: Recording | undefined;
}

/** The page of all faults, in Markdown. */
export function renderFaults(
  faults: readonly PlayedFault[],
  { date, machine }: { readonly date: Date; readonly machine: string },
): string {
  const day = date.toISOString().slice(0, 10);
  return [
    "# What breaks, and what users see",
    "",
    "Every fault that the local ECS knows, in the environment `dev` and, where there is such a thing, in the",
    "old setup: app and Redis in one task. About 20 users a second sign a guest book or read it. Users",
    "are told to come again (503) when the app has waited 1.5 s for Redis.",
    "",
    `Written by \`npm run faults\` on ${day}, on ${machine}.`,
    "What takes minutes in AWS and seconds here says so; all else keeps its length.",
    "[How to play them](local-ecs.md).",
    "",
    table(
      ["fault", "users see", "starts", "lost", "before: users see", "starts", "lost"],
      faults.map(({ breakage, after, before }) => [
        `**${breakage.title}**<br>${breakage.inAws}`,
        ...cells(after),
        ...(before ? cells(before) : ["–", "–", "–"]),
      ]),
    ),
    "",
    "_Users see_: how many of their requests failed and how, for how long, and how long after the mending the",
    "next one was served. _Starts_: of Redis / of the app. _Lost_: writes that were acknowledged and are not in",
    "Redis at the end. _Before_: the same in the old setup; – where it has no such thing, for it asks no",
    "DNS and has no network between app and Redis.",
    "",
  ].join("\n");
}

/** What users saw, what was started, what was lost. */
function cells(recording: Recording): [string, string, string] {
  const [broken] = failed(recording);
  if (broken) return [`it did not end well: ${broken.seen}`, "?", "?"];
  const figure = (name: string): string =>
    recording.figures.find((each) => each.name === name)?.value ?? "?";
  const starts = `${figure(FIGURES.redisStarts)} / ${figure(FIGURES.appStarts)}`;
  return [userView(recording, figure), starts, figure("acknowledged writes lost")];
}

function userView({ requests, steps }: Recording, figure: (name: string) => string): string {
  const since = steps.at(-1)?.at ?? 0;
  const seen = requests.filter(({ sentAt }) => sentAt >= since);
  const failures = seen.filter(({ status }) => status < 200 || status >= 300);
  if (failures.length === 0) return "nothing";
  const kinds = [...new Set(failures.map(({ status }) => status))].toSorted((a, b) => b - a);
  const how = kinds.map((status) => (status === 0 ? "no answer" : String(status))).join(", ");
  const [away, recovery] = [figure(FIGURES.away), figure(FIGURES.recovery)];
  return `${how} to ${failures.length} of ${seen.length} requests, for ${away}; served ${recovery} after`;
}
