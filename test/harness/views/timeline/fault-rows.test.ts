import { expect, test } from "vitest";
import type { RecordedFault } from "../../../../harness/plays/stage/recording.ts";
import { faultRows } from "../../../../harness/views/timeline/fault-rows.ts";
import { faultWords } from "../../../../harness/views/words.ts";
import { timeScale } from "../../../../harness/views/timeline/time-scale.ts";

test("a kind of fault has a row if one of its faults is in the shown time", () => {
  const faults: RecordedFault[] = [
    { name: "slowStorage", at: 0, until: 1_000 },
    { name: "freeze", at: 0, until: 1_000 },
    { name: "freeze", at: 61_000 },
  ];
  const data = { steps: [], events: [], requests: [], faults, until: 70_000 };
  const rows = faultRows(data, timeScale({ from: 60_000, to: 120_000 }));
  expect(rows).toHaveLength(1);
  expect(rows[0]?.markup).toContain(faultWords({ name: "freeze" }));
  const all = faultRows(data, timeScale({ from: 0, to: 120_000 }));
  expect(all).toHaveLength(2);
});
