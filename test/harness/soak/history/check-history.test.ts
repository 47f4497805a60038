import { describe, expect, test } from "vitest";
import { randomOf } from "../../../../harness/plays/stage/random.ts";
import { checkHistory } from "../../../../harness/soak/history/check-history.ts";
import type { Loss, Operation } from "../../../../harness/soak/history/operation.ts";
import { bruteForce } from "./brute-force.ts";
import { randomHistory } from "./random-history.ts";
import { simulatedHistory } from "./simulated-history.ts";

const set = (value: string, start: number, end?: number): Operation => ({
  client: 1,
  key: "k",
  kind: "set",
  value,
  start,
  end,
});
const get = (result: string | null, start: number, end: number): Operation => ({
  client: 2,
  key: "k",
  kind: "get",
  result,
  start,
  end,
});
const incr = (result: number, start: number, end: number): Operation => ({
  client: 1,
  key: "k",
  kind: "incr",
  result,
  start,
  end,
});
/** An INCR that is sent once. */
const once = (result: number | undefined, start: number, end?: number): Operation => ({
  client: 4,
  key: "k",
  kind: "incr",
  sentOnce: true,
  result,
  start,
  end,
});
const sent = (start: number): Operation => ({ client: 3, key: "k", kind: "incr", start });

const outcomeOf = (operations: readonly Operation[], losses: readonly Loss[] = []): string =>
  checkHistory(operations, { losses }).outcome;

describe("a register", () => {
  test.each<[string, readonly Operation[]]>([
    ["is empty at first", [get(null, 0, 1), set("a", 2, 3), get("a", 4, 5)]],
    ["has either value while it is written", [set("a", 0, 1), set("b", 2, 9), get("b", 3, 4)]],
    ["has the old one, too", [set("a", 0, 1), set("b", 2, 9), get("a", 3, 4), get("b", 5, 6)]],
    [
      "applies a write without a reply much later",
      [set("a", 0), set("b", 1, 2), get("b", 3, 4), get("a", 8, 9)],
    ],
    ["takes a write without a reply never", [set("a", 0), get(null, 8, 9)]],
    ["applies concurrent writes in any order", [set("a", 0, 9), set("b", 0, 9), get("a", 10, 11)]],
  ])("%s", (_, operations) => {
    expect(outcomeOf(operations)).toBe("consistent");
  });

  test.each<[string, readonly Operation[], readonly number[]]>([
    ["lost an acknowledged write", [set("a", 0, 1), set("b", 2, 3), get("a", 4, 5)], [0, 1, 2]],
    ["lost its only write", [get(null, -2, -1), set("a", 0, 1), get(null, 4, 5)], [1, 2]],
    [
      "went back to an old value",
      [set("a", 0, 1), set("b", 2), get("b", 3, 4), get("b", 5, 6), get("a", 7, 8)],
      [0, 1, 3, 4],
    ],
    ["has what no one wrote", [set("a", 0, 1), get("b", 2, 3)], [1]],
    ["has what is written later", [get("a", 0, 1), set("a", 2, 3)], [0, 1]],
    [
      "was read in two different orders",
      [set("a", 0, 9), set("b", 0, 9), get("a", 10, 11), get("b", 12, 13), get("b", 14, 15)],
      [0, 1, 2, 4],
    ],
  ])("that %s is found, with the operations that show it", (_, operations, shown) => {
    const { outcome, violations } = checkHistory(operations);
    expect(outcome).toBe("violated");
    const shownOperations = shown.map((index) => operations[index]);
    expect(violations).toEqual([{ key: "k", operations: shownOperations }]);
  });
});

describe("a counter", () => {
  test.each<[string, readonly Operation[]]>([
    ["counts", [get(null, 0, 1), incr(1, 2, 3), incr(2, 4, 5), get("2", 6, 7)]],
    ["counts a resent command more than once", [incr(2, 0, 9), get("1", 2, 3), get("2", 10, 11)]],
    [
      "counts a command without a reply later",
      [sent(0), get("0", 1, 2), get("1", 3, 4), incr(3, 5, 6)],
    ],
    ["counts one without a reply never", [sent(0), incr(1, 5, 6), get("1", 7, 8)]],
    ["counts one that is sent once", [once(1, 0, 1), incr(2, 2, 3), get("2", 4, 5)]],
    [
      "counts a once-sent command without a reply later",
      [once(undefined, 0), get("0", 1, 2), once(2, 3, 4), get("2", 5, 6)],
    ],
    ["counts one that is sent once without a reply never", [once(undefined, 0), once(1, 1, 2)]],
  ])("%s", (_, operations) => {
    expect(outcomeOf(operations)).toBe("consistent");
  });

  test.each<[string, readonly Operation[], readonly number[]]>([
    [
      "is too low at the end",
      [incr(1, 0, 1), incr(2, 2, 3), incr(3, 4, 5), get("2", 6, 7)],
      [2, 3],
    ],
    ["gives one number twice", [incr(1, 0, 1), incr(2, 2, 3), incr(2, 4, 5)], [1, 2]],
    [
      "returns one number twice at the same time",
      [incr(1, 0, 5), incr(1, 0, 5), get("2", 6, 7)],
      [0, 1],
    ],
    ["counts when no one asks", [incr(1, 0, 1), get("1", 2, 3), get("2", 4, 5)], [1, 2]],
    ["is above zero before it counts", [get("1", 0, 1), incr(2, 2, 3)], [0]],
    ["counts twice what was sent once", [once(1, 0, 1), once(3, 2, 3)], [1]],
    ["counts again what was sent once", [once(1, 0, 1), get("1", 2, 3), get("2", 4, 5)], [2]],
    [
      "counts a once-sent command without a reply twice",
      [once(undefined, 0), once(2, 1, 2), get("3", 3, 4)],
      [2],
    ],
  ])("that %s is found, with the operations that show it", (_, operations, shown) => {
    const { violations } = checkHistory(operations);
    const shownOperations = shown.map((index) => operations[index]);
    const increments = operations.filter(({ kind }) => kind === "incr").length;
    expect(violations).toEqual([{ key: "k", operations: shownOperations, increments }]);
  });
});

describe("a loss", () => {
  const losses = [{ at: 5_000, lossMs: 2_000 }];
  const before = [set("a", 0, 1_000), set("b", 2_000, 2_900)];
  const late = [...before, set("c", 3_500, 3_600), set("d", 4_000, 4_100)];

  test("may lose writes acknowledged shortly before it", () => {
    for (const value of ["b", "c", "d"]) {
      expect(outcomeOf([...late, get(value, 6_000, 6_001)], losses)).toBe("consistent");
    }
  });

  test("keeps earlier writes and restores no older value", () => {
    expect(outcomeOf([...late, get("a", 6_000, 6_001)], losses)).toBe("violated");
    expect(outcomeOf([...before, get("a", 6_000, 6_001)], losses)).toBe("violated");
  });

  test("happens once: values read after it stay", () => {
    const reads = [get("c", 6_000, 6_001), get("b", 6_002, 6_003)];
    expect(outcomeOf([...late, ...reads], losses)).toBe("violated");
    expect(outcomeOf([...late, ...reads.toReversed()], losses)).toBe("violated");
  });

  test("keeps the state after an earlier loss, which was on disk", () => {
    const again = [...losses, { at: 5_500, lossMs: 2_000 }];
    const after = get("c", 5_200, 5_300);
    expect(outcomeOf([...late, after, get("b", 6_000, 6_001)], again)).toBe("violated");
    expect(outcomeOf([...late, after, get("c", 6_000, 6_001)], again)).toBe("consistent");
  });

  test("may come between a command and its reply, so the client resends it", () => {
    const underWay = [set("a", 0, 1), set("b", 4_900, 7_000), get("b", 4_950, 4_960)];
    const after = [get("a", 6_000, 6_001), get("b", 8_000, 8_001)];
    expect(outcomeOf([...underWay, ...after], losses)).toBe("consistent");
  });

  test("lets a counter return numbers again", () => {
    const counted = [incr(1, 0, 1), incr(2, 4_000, 4_001), incr(3, 4_002, 4_003)];
    expect(outcomeOf([...counted, incr(2, 6_000, 6_001)], losses)).toBe("consistent");
    expect(outcomeOf([...counted, incr(1, 6_000, 6_001)], losses)).toBe("violated");
    expect(outcomeOf([...counted, incr(2, 6_000, 6_001)])).toBe("violated");
  });
});

describe("brute force over all orders gives the same answer for", () => {
  test.each([
    { kind: "register", size: 6, losses: 0, count: 600 },
    { kind: "register", size: 4, losses: 2, count: 600 },
    { kind: "counter", size: 4, losses: 0, count: 600 },
    { kind: "counter", size: 4, losses: 2, count: 300 },
    { kind: "counter", size: 3, losses: 0, sentOnce: 1, count: 600 },
    { kind: "counter", size: 4, losses: 2, sentOnce: 1, count: 600 },
    { kind: "counter", size: 4, losses: 0, sentOnce: 0.5, count: 600 },
    { kind: "counter", size: 4, losses: 2, sentOnce: 0.5, count: 300 },
  ] as const)(
    "$count histories of a $kind with up to $losses losses: %o",
    ({ count, ...shape }) => {
      const random = randomOf(1, JSON.stringify(shape));
      let possible = 0;
      for (let index = 0; index < count; index += 1) {
        const { operations, losses } = randomHistory(random, shape);
        const isPossible = bruteForce(operations, losses);
        const { outcome, violations } = checkHistory(operations, { losses });
        expect(outcome !== "violated", JSON.stringify({ operations, losses })).toBe(isPossible);
        // The shown operations are impossible by themselves.
        const shown = violations.map((violation) =>
          withRepliesOf(violation.operations, operations),
        );
        expect(shown.some((each) => bruteForce(each, losses))).toBe(false);
        if (isPossible) possible += 1;
      }
      // Otherwise the histories would test only one of the answers.
      expect(Math.min(possible, count - possible)).toBeGreaterThan(count / 5);
    },
  );
});

/** The shown operations, plus every INCR of the history without its reply. */
function withRepliesOf(shown: readonly Operation[], all: readonly Operation[]): Operation[] {
  const others = all.filter((each) => each.kind === "incr" && !shown.includes(each));
  return [...shown, ...others.map((each) => ({ ...each, result: undefined }) as Operation)];
}

describe("a long history", () => {
  test.each([
    { kind: "register", clients: 4, lossEvery: 1_000, size: 5_000 },
    { kind: "register", clients: 6, lossEvery: 2_000, size: 5_000 },
    { kind: "counter", clients: 8, lossEvery: 1_000, size: 5_000 },
    // After a loss it is unknown how many operations without a reply took effect before it.
    { kind: "counter", sentOnce: true, clients: 4, lossEvery: 500, size: 1_000 },
  ] as const)(
    "of $clients clients of a $kind takes few steps per operation",
    ({ size, ...shape }) => {
      const simulation = simulatedHistory(randomOf(1, shape.kind), { ...shape, operations: size });
      const { operations, losses } = simulation;
      expect(losses.length).toBeGreaterThan(0);
      expect(checkHistory(operations, { losses, mostWork: 10 * size }).outcome).toBe("consistent");
      // Without the losses the history is impossible.
      expect(outcomeOf(operations)).toBe("violated");
    },
  );

  test("shows one lost write among thousands with the three relevant operations", () => {
    const shape = { kind: "register", clients: 4, operations: 3_000 } as const;
    const { operations } = simulatedHistory(randomOf(2, "lie"), shape);
    const reads = operations.flatMap((each) => (each.kind === "get" && each.result ? each : []));
    const early = reads[100]?.result ?? "";
    const lie = get(early, 90_000, 90_001);
    const [violation] = checkHistory([...operations, lie]).violations;
    expect(violation?.operations).toContain(lie);
    expect(violation?.operations.length).toBeLessThanOrEqual(4);
  });

  test("that exceeds the limit of work is undecided, which is not a success", () => {
    const { operations } = simulatedHistory(randomOf(3, "much"), {
      kind: "register",
      clients: 30,
      operations: 500,
    });
    const verdict = checkHistory(operations, { mostWork: 100 });
    expect(verdict).toMatchObject({ outcome: "undecided", undecided: ["k"], violations: [] });
  });
});

test("keys are checked separately, and all violations are reported", () => {
  const lost = (key: string): Operation[] =>
    [set("a", 0, 1), get(null, 2, 3)].map((operation) => ({ ...operation, key }));
  const fine = [{ ...set("a", 0, 1), key: "fine" }];
  const verdict = checkHistory([...lost("one"), ...fine, ...lost("two")]);
  expect(verdict).toMatchObject({ outcome: "violated", keys: 3, answered: 5, undecided: [] });
  expect(verdict.violations.map(({ key }) => key)).toEqual(["one", "two"]);
});

test("a history without replies is undecided", () => {
  expect(checkHistory([])).toMatchObject({ outcome: "undecided", keys: 0, answered: 0 });
  expect(
    checkHistory([set("a", 0), sent(1)].map((each, index) => ({ ...each, key: `${index}` }))),
  ).toMatchObject({ outcome: "undecided", answered: 0 });
});

test.each<[string, readonly unknown[], RegExp]>([
  ["an invalid time", [set("a", Number.NaN, 1)], /^operation 0: start is null; allowed: a time/],
  [
    "a read with an end and no value",
    [{ ...get("a", 0, 1), result: undefined }],
    /^operation 0: result is missing; allowed: a value or null/,
  ],
  [
    "a value written twice",
    [set("a", 0, 1), set("a", 2, 3)],
    /^key "k": value is "a"; allowed: a value that no other set/,
  ],
  [
    "a key of both kinds",
    [set("a", 0, 1), incr(1, 2, 3)],
    /^key "k": kind is "set"; allowed: get and incr/,
  ],
])("%s is refused by name", (_, operations, message) => {
  expect(() => checkHistory(operations as readonly Operation[])).toThrow(message);
});

test("an invalid loss is refused with its field", () => {
  expect(() => checkHistory([], { losses: [{ at: Number.NaN, lossMs: 0 }] })).toThrow(
    /^loss 0: at is null/,
  );
  expect(() => checkHistory([], { losses: [{ at: 0, lossMs: -1 }] })).toThrow(
    /^loss 0: lossMs is -1; allowed: 0 or more/,
  );
});
