import { expect, test } from "vitest";
import type { ClientOperation } from "../../../harness/soak/clients/messages.ts";
import { LIFE } from "../../../harness/soak/clients/work.ts";
import { Journal } from "../../../harness/soak/journal.ts";

const get = (key: string, more: object = {}): ClientOperation => ({
  client: 1,
  key,
  kind: "get",
  start: 1,
  end: 3,
  result: null,
  ...more,
});

test("a completed key is returned once, with all its operations", () => {
  const journal = new Journal();
  journal.add([get("other"), ...Array.from({ length: LIFE - 1 }, () => get("k"))]);
  expect(journal.takeFinished()).toEqual([]);
  journal.add([get("k", { end: 9 })]);
  expect(journal.takeFinished()).toHaveLength(LIFE);
  expect(journal.takeFinished()).toEqual([]);
  expect(journal.keys).toEqual(["other", "k"]);
  expect(journal.operations).toHaveLength(LIFE + 1);
});

const failure = (message: string) => ({ end: undefined, failure: { message, after: 1_500 } });

test("a command without a reply is a failure, and unexpected unless it was a timeout", () => {
  const journal = new Journal();
  journal.add([get("a", failure("Command timed out")), get("b", failure("NOAUTH")), get("c")]);
  expect(journal.acknowledged).toBe(1);
  expect(journal.failures.map(({ key }) => key)).toEqual(["a", "b"]);
  expect(journal.unexpected.map(({ key }) => key)).toEqual(["b"]);
  expect(journal.longest.get(1)).toBe(2);
  expect(journal.answeredAt.get(1)).toBe(3);
});
