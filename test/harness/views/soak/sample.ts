import { SoakRecord } from "../../../../harness/soak/record.ts";

/** Three minutes of moves with constant values. */
export function sampleRecord(): SoakRecord {
  const record = new SoakRecord(7, 30);
  record.beganAt = 1_000;
  record.endedAt = 181_000;
  for (let number = 1; number <= 30; number += 1) {
    const at = 1_000 + number * 6_000;
    record.rounds.push({ number, at: at - 6_000, movedAt: at - 5_500, planned: 1, missed: [] });
    record.tracker.moves.push({ from: "h:1", to: "h:2", lastAt: at - 5_000, at: at - 4_200 });
    const descriptors = { socket: 9 };
    record.samples.push({ at, heap: 20 * 2 ** 20, resident: 100 * 2 ** 20, descriptors, ready: 6 });
  }
  return record;
}
