import { z } from "zod";
import { type Fault, titleOf } from "../plays/faults/fault.ts";
import { FIGURES } from "../plays/stage/measures.ts";
import type { Recording } from "../plays/stage/recording.ts";
import { failed } from "../plays/stage/results.ts";

/** A played fault, in the new setup and, if it exists there, in the old one. */
export interface PlayedFault {
  readonly fault: Pick<Fault, "title" | "lasts" | "inAws">;
  readonly after: Recording;
  readonly before: Recording | undefined;
}

const outcome = z.union([
  z.strictObject({
    /** Requests since the fault began, and the HTTP statuses of failures, 0 for no answer. */
    sent: z.int(),
    failed: z.int(),
    statuses: z.array(z.int()),
    away: z.string(),
    recovery: z.string(),
    redisStarts: z.string(),
    appStarts: z.string(),
    lost: z.string(),
  }),
  z.strictObject({ broken: z.string() }),
]);

/** The format of `studies/results/faults.json`. */
export const faultResults = z.strictObject({
  faults: z
    .array(
      z.strictObject({
        title: z.string(),
        inAws: z.string(),
        after: outcome,
        before: outcome.nullable(),
      }),
    )
    .min(1),
});

export type FaultResults = z.infer<typeof faultResults>;

/** The effect of a fault in one setup, or the reason why the play failed (`broken`). */
export type Outcome = z.infer<typeof outcome>;

export function faultResultsOf(played: readonly PlayedFault[]): FaultResults {
  return {
    faults: played.map(({ fault, after, before }) => ({
      title: titleOf(fault),
      inAws: fault.inAws,
      after: outcomeOf(after, titleOf(fault)),
      before: before ? outcomeOf(before, titleOf(fault)) : null,
    })),
  };
}

/** The failed plays with their reasons. Their rows say nothing about the fault. */
export const brokenIn = ({ faults }: FaultResults): string[] =>
  faults.flatMap(({ title, after, before }) =>
    [after, before].flatMap((each, index) =>
      each !== null && "broken" in each
        ? [`${title}${index === 0 ? "" : ", in the old setup"}: ${each.broken}`]
        : [],
    ),
  );

function outcomeOf(recording: Recording, title: string): Outcome {
  // The last step measures lost writes. Without that figure, the play stopped early.
  if (!recording.figures.some(({ name }) => name === FIGURES.lost)) {
    return { broken: failed(recording)[0]?.seen ?? "?" };
  }
  const figure = (name: string): string =>
    recording.figures.find((each) => each.name === name)?.value ?? "?";
  return {
    ...usersOf(recording, title),
    away: figure(FIGURES.away),
    recovery: figure(FIGURES.recovery),
    redisStarts: figure(FIGURES.redisStarts),
    appStarts: figure(FIGURES.appStarts),
    lost: figure(FIGURES.lost),
  };
}

/** Requests from the fault's step on. Users continue in the steps after it. */
function usersOf({ requests, steps }: Recording, title: string) {
  const since = steps.find((step) => step.title === title)?.at ?? 0;
  const seen = requests.filter(({ sentAt }) => sentAt >= since);
  const failures = seen.filter(({ status }) => status < 200 || status >= 300);
  const statuses = [...new Set(failures.map(({ status }) => status))].toSorted((a, b) => b - a);
  return { sent: seen.length, failed: failures.length, statuses };
}
