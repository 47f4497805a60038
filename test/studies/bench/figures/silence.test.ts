import { describe, expect, it } from "vitest";
import { type Case, judge } from "../../../../studies/bench/figures/silence.ts";

const times = new Map([
  ["good", [[100, 110]]],
  ["dead first", [[105, 600_000]]],
]);
const given = {
  title: "dead / good",
  late: "dials",
  entrant: "dead first",
  base: "good",
  most: 1.1,
} satisfies Omit<Case, "first">;

describe("silent servers", () => {
  it("are judged by a ratio and by the number of late dials", () => {
    const [ratio, late] = judge("dead-server", times, { ...given, first: [1_011_000] });
    expect(ratio?.entries[1]?.note).toBe("first dial 1011 ms, longest later dial 600.0 ms");
    expect(late).toMatchObject({ title: "dials: over 500 ms, of 2", value: 1 });
  });

  it.each([[[400]], [[1_011_000, 400]], [[]]])(
    "fail the run if they answered: first dials of %j µs",
    (first) => {
      expect(() => judge("dead-server", times, { ...given, first })).toThrow(
        /^dead-server: a first dial took .* ms; expected over 500 ms/,
      );
    },
  );
});
