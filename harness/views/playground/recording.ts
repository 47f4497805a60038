import { now } from "../../ecs/index.ts";
import { FIGURES } from "../../plays/stage/measures.ts";
import { recordedFaults } from "../../plays/stage/recorded-faults.ts";
import type { Recording } from "../../plays/stage/recording.ts";
import type { Playground } from "./playground.ts";
import type { Side } from "./side.ts";

/** The recording of each setup so far, for a report. */
export function recordingsOf(playground: Playground): Recording[] {
  return playground.sides.map((side) => recordingOf(side, playground));
}

function recordingOf(side: Side, { options, startedAt }: Playground): Recording {
  const { title, stage, setup, totals } = side;
  const events = stage?.events ?? [];
  const until = now();
  const step = "since the first deploy";
  return {
    scenario: title,
    title: `Playground: ${title.toLowerCase()}`,
    environment: setup.environment,
    seed: options.seed,
    startedAt,
    endedAt: until,
    steps: side.steps.map(({ title: done, at, endedAt }) => ({
      title: done,
      at,
      until: endedAt ?? until,
    })),
    events,
    requests: stage?.requests ?? [],
    figures: [
      { step, name: FIGURES.redisStarts, value: String(totals.redisStarts) },
      { step, name: FIGURES.appStarts, value: String(totals.appStarts) },
    ],
    expectations: [],
    faults: recordedFaults(events),
  };
}
