import { Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { columnsOf, isScreen, wrapped } from "../../../../harness/views/terminal/wrap.ts";

test("a line that fits is unchanged", () => {
  expect(wrapped("  a  b", 20)).toBe("  a  b");
  expect(wrapped("a ".repeat(100), Infinity)).toBe("a ".repeat(100));
});

test("a longer line is wrapped between words with an indent", () => {
  const lines = wrapped("  ! the app fails its health check: no answer", 24, 4).split("\n");
  expect(lines).toEqual(["  ! the app fails its", "    health check: no", "    answer"]);
});

test("a word longer than a line is not split", () => {
  const path = "/a/path".repeat(6);
  expect(wrapped(`no module ${path} here`, 30, 2)).toBe(`no module\n  ${path}\n  here`);
});

/** A terminal stream. */
const terminal = (columns: number): Writable =>
  Object.assign(Object.create(WriteStream.prototype) as WriteStream, { columns });

test("a terminal has its width; one of unknown width gets no live view", () => {
  expect([columnsOf(terminal(80)), isScreen(terminal(80))]).toEqual([80, true]);
  expect([columnsOf(terminal(0)), isScreen(terminal(0))]).toEqual([Infinity, false]);
});
