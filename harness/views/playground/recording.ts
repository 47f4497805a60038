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
  const { title, stage, setup, steps } = side;
  const events = stage?.events ?? [];
  const until = now();
  const step = "since the first deploy";
  const deployedAt = steps[0]?.until ?? until;
  return {
    scenario: title,
    title: `Playground: ${title.toLowerCase()}`,
    environment: setup.environment,
    seed: options.seed,
    startedAt,
    endedAt: until,
    steps,
    events,
    requests: stage?.requests ?? [],
    figures: [
      { step, name: FIGURES.redisStarts, value: String(stage?.redisStartsSince(deployedAt) ?? 0) },
      { step, name: FIGURES.appStarts, value: String(stage?.appStartsSince(deployedAt) ?? 0) },
    ],
    expectations: [],
    faults: recordedFaults(events),
  };
}
