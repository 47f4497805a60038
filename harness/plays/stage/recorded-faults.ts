import type { EcsEvent, EcsEventOf } from "../../ecs/index.ts";
import type { RecordedFault } from "./recording.ts";

/** The times of the faults, from the events of the local ECS. */
export function recordedFaults(events: readonly EcsEvent[]): RecordedFault[] {
  const changes = events.filter((event) => event.type === "fault");
  return changes
    .filter(({ active }) => active)
    .map((begun) => {
      const { at, fault: name, target } = begun;
      const until = endOf(begun, changes)?.at;
      return {
        at,
        name,
        ...(target === undefined ? {} : { target }),
        ...(until === undefined ? {} : { until }),
      };
    });
}

function endOf(
  begun: EcsEventOf<"fault">,
  changes: readonly EcsEventOf<"fault">[],
): EcsEventOf<"fault"> | undefined {
  return changes
    .slice(changes.indexOf(begun) + 1)
    .find(({ fault, target }) => fault === begun.fault && target === begun.target);
}
