import { describe, expect, it } from "vitest";
import { judge } from "../../../../studies/bench/figures/silence.ts";
import { entrant } from "../../../../studies/bench/rounds.ts";

const destination = { servers: [], name: "bench.test", port: 1 };
const good = { ...entrant("srv-dialer, cold", destination), rounds: [[100, 110]] };
const dead = { ...entrant("srv-dialer, cold", destination), rounds: [[105, 600_000]] };
const given = { title: "dials", against: "none dead", most: 1.1 };

describe("silent servers", () => {
  it("are judged by a ratio and by the number of late dials", () => {
    const [ratio, late] = judge(given, dead, good, [1_011_000]);
    expect(ratio).toMatchObject({ title: "dials / none dead", value: 300_052.5 / 105 });
    const detail = "first dial 1011 ms, longest later dial 600 ms";
    expect(late).toMatchObject({ title: "dials: over 500 ms, of 2", value: 1, detail });
  });

  it.each([[[400]], [[1_011_000, 400]], [[]]])(
    "fail the run if they answered: first dials of %j µs",
    (first) => {
      expect(() => judge(given, dead, good, first)).toThrow(
        /^dials: a first dial took .* ms; expected over 500 ms/,
      );
    },
  );
});
