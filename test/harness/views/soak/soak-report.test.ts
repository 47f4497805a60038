import { expect, test } from "vitest";
import { SoakRecord } from "../../../../harness/soak/record.ts";
import { renderSoakReport } from "../../../../harness/views/soak/soak-report.ts";

function sampleRecord(): SoakRecord {
  const record = new SoakRecord(7, 30);
  record.beganAt = 1_000;
  record.endedAt = 181_000;
  for (let number = 1; number <= 30; number += 1) {
    const at = 1_000 + number * 6_000;
    record.rounds.push({ number, at: at - 6_000, movedAt: at - 5_500, missed: [] });
    record.places.moves.push({ from: "h:1", to: "h:2", lastAt: at - 5_000, at: at - 4_200 });
    const descriptors = { socket: 9 };
    record.samples.push({ at, heap: 20 * 2 ** 20, resident: 100 * 2 ** 20, descriptors, ready: 6 });
  }
  return record;
}

const page = renderSoakReport(
  sampleRecord(),
  [
    { claim: "Redis moves", held: true, seen: "30 moves" },
    { claim: "nothing <is> lost", held: false, seen: "1 key", details: ["key a", "set 1"] },
    { claim: "it is flat", held: undefined, seen: "not judged" },
  ],
  "npm run soak -- --minutes 3 --seed 7",
);

test("the report has the verdict, what shows it, and the command", () => {
  expect(page).toContain("Soak of seed 7");
  expect(page).toContain("nothing &lt;is&gt; lost");
  expect(page).toContain("key a; set 1");
  expect(page).toContain("npm run soak -- --minutes 3 --seed 7");
});

test("each chart says what it shows in words, on a scale from 0", () => {
  expect(page).toContain("30 values, from 0.8 s to 0.8 s");
  expect(page).toContain("30 values, from 20.0 MiB to 20.0 MiB");
  expect(page).toContain("30 values, from 9 to 9");
  expect(page.match(/<path class="median" d="M[\d.,L]+/g)).toHaveLength(4);
  expect(page).toContain("0.0 MiB");
});

test("a soak that ended before its first round has a report", () => {
  expect(renderSoakReport(new SoakRecord(1, 1), [], "npm run soak")).toContain("nothing measured");
});
