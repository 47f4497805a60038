import { type Fault, titleOf } from "../plays/faults/fault.ts";
import { FIGURES } from "../plays/stage/measures.ts";
import type { Recording } from "../plays/stage/recording.ts";
import { failed } from "../plays/stage/results.ts";

/** A fault as it was played, in the new setup and, where it exists there, in the old one. */
export interface PlayedFault {
  readonly fault: Pick<Fault, "title" | "lasts" | "inAws">;
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
    "Every fault that the local ECS can make, in the environment `dev` and, where it exists there, in the old",
    "setup: app and Redis in one task. About 20 users a second sign a guest book or read it. The app tells a user",
    "to come again (503) after it has waited 1.5 s for Redis.",
    "",
    `Written by \`npm run faults\` on ${day}, on ${machine}.`,
    "A fault that takes minutes in AWS and seconds here says so; the others take as long as in AWS.",
    "[How to play them](local-ecs.md).",
    "",
    table(
      ["fault", "users see", "starts", "lost", "before: users see", "starts", "lost"],
      faults.map(({ fault, after, before }) => [
        `**${titleOf(fault)}**<br>${fault.inAws}`,
        ...cells(after, titleOf(fault)),
        ...(before ? cells(before, titleOf(fault)) : ["–", "–", "–"]),
      ]),
    ),
    "",
    "_Users see_: how many of their requests failed and how, for how long, and how long after the repair the next",
    "one was served. _Starts_: of Redis / of the app. _Lost_: acknowledged writes that are not in Redis at the",
    "end. _Before_: the same in the old setup; – where the fault does not exist there, because the old setup asks",
    "no DNS and has no network between app and Redis.",
    "",
  ].join("\n");
}

/** What users saw, what was started, what was lost. */
function cells(recording: Recording, title: string): [string, string, string] {
  // The last step measures what was lost: without that figure, the play stopped before.
  if (!recording.figures.some(({ name }) => name === FIGURES.lost)) {
    return [`it did not end well: ${failed(recording)[0]?.seen ?? "?"}`, "?", "?"];
  }
  const figure = (name: string): string =>
    recording.figures.find((each) => each.name === name)?.value ?? "?";
  const starts = `${figure(FIGURES.redisStarts)} / ${figure(FIGURES.appStarts)}`;
  return [userView(recording, title, figure), starts, figure(FIGURES.lost)];
}

/** From the step of the fault on: users go on coming in the steps after it. */
function userView(
  { requests, steps }: Recording,
  title: string,
  figure: (name: string) => string,
): string {
  const since = steps.find((step) => step.title === title)?.at ?? 0;
  const seen = requests.filter(({ sentAt }) => sentAt >= since);
  const failures = seen.filter(({ status }) => status < 200 || status >= 300);
  if (failures.length === 0) return "nothing";
  const kinds = [...new Set(failures.map(({ status }) => status))].toSorted((a, b) => b - a);
  const how = kinds.map((status) => (status === 0 ? "no answer" : String(status))).join(", ");
  const [away, recovery] = [figure(FIGURES.away), figure(FIGURES.recovery)];
  return `${how} to ${failures.length} of ${seen.length} requests, for ${away}; served ${recovery} after`;
}

/** A table in Markdown, its cells as wide as their column, as the formatter writes it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [first = [], ...others] = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|")),
  );
  const widths = first.map((name, column) =>
    Math.max(3, name.length, ...others.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [first, rule, ...others].map(line).join("\n");
}
