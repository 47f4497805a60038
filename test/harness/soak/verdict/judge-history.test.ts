import { expect, it } from "vitest";
import { checkHistory } from "../../../../harness/soak/history/check-history.ts";
import type { Operation } from "../../../../harness/soak/history/operation.ts";
import { judgedOf } from "../../../../harness/soak/verdict/judge-history.ts";

const set: Operation = { client: 1, key: "k", kind: "set", value: "a", start: 0, end: 1 };
const get: Operation = { client: 2, key: "k", kind: "get", result: "a", start: 2, end: 3 };

it("an undecided key fails the claim", () => {
  const judged = judgedOf(checkHistory([set, get], { mostWork: 0 }), "it is possible");
  expect(judged).toEqual({
    claim: "it is possible",
    held: false,
    seen: "2 operations on 1 keys, 1 keys took too much work to decide",
    details: ["k"],
  });
});

it("a history without replies is not checked", () => {
  expect(judgedOf(checkHistory([{ ...set, end: undefined }]), "it is possible").held).toBe(
    undefined,
  );
});

it("a counter that is too high is shown with its number of INCRs", () => {
  const incr = { client: 1, key: "n", kind: "incr", sentOnce: true, start: 0, end: 1 } as const;
  const end: Operation = { client: 2, key: "n", kind: "get", result: "3", start: 2, end: 3 };
  const { details } = judgedOf(checkHistory([{ ...incr, result: 1 }, end]), "it is possible");
  expect(details).toEqual([
    "key n, 1 INCR in total:",
    "  n  client 2  get → 3  0.002 s to 0.003 s",
  ]);
});
