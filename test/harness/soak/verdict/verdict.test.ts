import { describe, expect, it } from "vitest";
import type { ClientOperation } from "../../../../harness/soak/clients/messages.ts";
import type { Sample } from "../../../../harness/soak/clients/sample.ts";
import { SoakRecord } from "../../../../harness/soak/record.ts";
import { figuresOf } from "../../../../harness/soak/verdict/figures.ts";
import { isGood, judge } from "../../../../harness/soak/verdict/verdict.ts";

/** The first client waits; the second has a timeout. */
const [PATIENT, HASTY] = [0, 1];

const sample = (at: number, { heap = 20e6, resident = 100e6, socket = 9 } = {}): Sample => ({
  at,
  heap,
  resident,
  descriptors: { socket, pipe: 13 },
  ready: 6,
});

/** A client's writes before and after the move of a round. */
function soaked(more: readonly ClientOperation[] = []): SoakRecord {
  const record = new SoakRecord(7, 1);
  record.bounds = [60_000, 6_500];
  record.before = sample(0);
  record.rounds.push({ number: 1, at: 100, movedAt: 200, planned: 1, missed: [] });
  const operations: ClientOperation[] = [
    { client: 0, key: "a", kind: "set", value: "1", start: 100, end: 101, endpoint: "h:1" },
    { client: 0, key: "a", kind: "set", value: "2", start: 300, end: 1_302, endpoint: "h:2" },
    ...more,
  ];
  record.tracker.add(operations);
  record.journal.add(operations);
  record.samples.push(sample(6_000));
  record.after = sample(7_000);
  record.unanswered = [];
  record.finalRead = [{ client: -2, key: "a", kind: "get", start: 7_000, end: 7_001, result: "2" }];
  return record;
}

/** The failed claims with their observed values. */
const failed = (record: SoakRecord): string[] =>
  judge(record, "everysec")
    .filter(({ held }) => held === false)
    .flatMap(({ claim, seen, details = [] }) => [claim, seen, ...details]);

describe("the verdict", () => {
  it("passes for a correct record and names unchecked claims", () => {
    const judged = judge(soaked(), "everysec");
    expect(isGood(judged)).toBe(true);
    const unknown = judged.filter(({ held }) => held === undefined).map(({ seen }) => seen);
    const short = "not checked: the run is too short";
    expect(unknown).toEqual(["1 of 1, too few to check", short, short]);
  });

  it("fails for a lost acknowledged write, with key and operations", () => {
    const record = soaked();
    record.finalRead = [
      { client: -2, key: "a", kind: "get", start: 7_000, end: 7_001, result: null },
    ];
    const words = failed(record).join("\n");
    expect(words).toContain("1 keys are impossible");
    expect(words).toContain("a  client 0  set 2 OK  0.300 s to 1.302 s");
    expect(words).toContain("a  at the end  get → nothing  7.000 s to 7.001 s");
  });

  it.each([
    ["everysec", 1_500, true],
    ["everysec", 2_500, false],
    ["always", 100, false],
    ["no", 2_500, false],
  ] as const)("%s: a write that was lost %d ms after it is excused: %s", (policy, later, good) => {
    const record = soaked();
    record.losses.push(1_302 + later);
    record.finalRead = [
      { client: -2, key: "a", kind: "get", start: 7_000, end: 7_001, result: "1" },
    ];
    expect(isGood(judge(record, policy))).toBe(good);
  });

  it("allows a write lost by a kill, with everysec", () => {
    const record = soaked();
    record.finalRead = [
      { client: -2, key: "a", kind: "get", start: 7_000, end: 7_001, result: "1" },
    ];
    expect(isGood(judge(record, "everysec"))).toBe(false);
    record.kills.push(2_000);
    expect(isGood(judge(record, "everysec"))).toBe(true);
    expect(isGood(judge(record, "always"))).toBe(false);
  });

  it("fails for a round without a move", () => {
    const record = soaked();
    record.rounds.push({ number: 2, at: 6_100, movedAt: 6_200, planned: 1, missed: [] });
    expect(failed(record)).toContain("1 moves in 2 rounds");
    record.endedBy = "Redis is stable: not within 60000 ms";
    expect(failed(record).join()).toContain("then: Redis is stable: not within 60000 ms");
  });

  it("fails if most scheduled faults could not begin", () => {
    const record = soaked();
    const missed = Array.from({ length: 5 }, () => "app-killed: there is no task");
    const round = { number: 1, at: 100, movedAt: 200, planned: 10 };
    record.rounds[0] = { ...round, missed: missed.slice(1) };
    expect(failed(record)).toEqual([]);
    record.rounds[0] = { ...round, missed };
    expect(failed(record).slice(0, 3)).toEqual([
      "most faults of the schedule are played",
      "5 of 10",
      "app-killed: there is no task",
    ]);
  });

  it("fails for a command error other than a timeout", () => {
    const refused = { message: "NOAUTH", after: 3 };
    const timedOut = { message: "Command timed out", after: 1_503 };
    const get = { key: "a", kind: "get", start: 2_000 } as const;
    expect(failed(soaked([{ ...get, client: HASTY, failure: timedOut }]))).toEqual([]);
    expect(failed(soaked([{ ...get, client: HASTY, failure: refused }])).at(-1)).toBe(
      "a  client 1  get no reply  2.000 s: NOAUTH after 3 ms",
    );
    expect(failed(soaked([{ ...get, client: PATIENT, failure: timedOut }]))).not.toEqual([]);
  });

  it("fails for a command that exceeds its bound or has no end", () => {
    const late = { client: HASTY, key: "b", kind: "get", start: 0, result: null } as const;
    expect(failed(soaked([{ ...late, end: 6_600 }])).join()).toContain("took 6600 ms");
    const failure = { message: "Command timed out", after: 6_600 };
    const given = { client: HASTY, key: "b", kind: "get", start: 0, failure } as const;
    expect(failed(soaked([given])).join()).toContain("Command timed out after 6600 ms");
    const record = soaked();
    record.unanswered = [{ client: PATIENT, key: "b", kind: "incr", start: 6_000 }];
    expect(failed(record).at(-1)).toBe("b  client 0  incr no reply  6.000 s");
    record.finalRead = undefined;
    expect(failed(record)).toEqual([]);
  });

  it("fails for leaked sockets", () => {
    const record = soaked();
    record.after = sample(7_000, { socket: 12 });
    expect(failed(record).at(-1)).toBe("13 pipe, 9 socket → 13 pipe, 12 socket");
  });

  it.each([
    ["heap without compiled code", "heap", 20e6],
    ["resident memory", "resident", 100e6],
  ] as const)("fails for %s that grows", (name, part, bytes) => {
    const record = soaked();
    for (let minute = 0; minute < 30; minute += 0.1) {
      record.samples.push(sample(6_000 + minute * 60_000, { [part]: bytes * (1 + minute / 100) }));
    }
    expect(failed(record)).toEqual([
      expect.stringContaining(`${name} is flat`),
      expect.stringMatching(/ MiB → .* MiB, /),
    ]);
  });

  it("fails for a user's lost acknowledged write", () => {
    const record = soaked();
    const signed = { client: -1, key: "guest:x", start: 400, end: 410 };
    record.signatures = () => [{ ...signed, kind: "set", value: "x" }];
    record.finalRead = [
      { ...signed, kind: "get", client: -2, start: 7_000, end: 7_001, result: null },
    ];
    const words = failed(record).join("\n");
    expect(words).toContain("guest:x  a user  set x OK  0.400 s to 0.410 s");
    expect(words).toContain("guest:x  at the end  get → nothing  7.000 s to 7.001 s");
  });

  it("of a soak without rounds has no successes", () => {
    const judged = judge(new SoakRecord(1, 10), "everysec");
    const known = judged.filter(({ held }) => held !== undefined).map(({ claim }) => claim);
    expect(known).toEqual([]);
  });

  it("has figures", () => {
    const record = soaked();
    record.beganAt = 100;
    record.endedAt = 6_100;
    const signed = { client: -1, key: "guest:x", kind: "set", value: "x", start: 400 } as const;
    record.signatures = () => [
      { ...signed, end: 410 },
      { ...signed, key: "guest:y", value: "y" },
    ];
    expect(figuresOf(record, judge(record, "everysec"))).toMatchObject({
      seed: 7,
      minutes: 0.1,
      moves: 1,
      commandsAnswered: 2,
      writesOfUsers: 2,
      writesOfUsersAcknowledged: 1,
      noWriteAcknowledgedMs: { median: 1_201, longest: 1_201 },
      heap: null,
      descriptors: { before: { socket: 9 }, after: { socket: 9 } },
    });
  });
});
