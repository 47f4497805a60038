import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { onKeys } from "../../../harness/commands/keys.ts";

/** Standard input of a terminal, and whether it is in raw mode. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  raw = false;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
}

/** Presses keys, and waits until they have been read. */
const press = async (input: PassThrough, text: string): Promise<void> => {
  const read = once(input, "data");
  input.write(text);
  await read;
};

test("a key does what it stands for as soon as it is pressed, and others do nothing", async () => {
  const input = new Terminal();
  let pressed = 0;
  const keys = onKeys(input, { d: () => (pressed += 1) }, () => true);
  expect(keys.areRead).toBe(true);
  expect(input.raw).toBe(true);
  await press(input, "xd");
  await press(input, "d\n");
  expect(pressed).toBe(2);
  keys[Symbol.dispose]();
  expect(input.raw).toBe(false);
  input.resume();
  await press(input, "d");
  expect(pressed).toBe(2);
});

test("Ctrl-C is still a signal", async () => {
  const input = new Terminal();
  const keys = onKeys(input, {}, () => true);
  const interrupted = once(process, "SIGINT", { signal: AbortSignal.timeout(5_000) });
  await press(input, "\u0003");
  await interrupted;
  keys[Symbol.dispose]();
  expect(input.raw).toBe(false);
});

test("input that is no terminal is left alone", () => {
  const input = new PassThrough();
  using keys = onKeys(input, { d: () => {} });
  expect(keys.areRead).toBe(false);
  expect(input.listenerCount("data")).toBe(0);
});

test("a terminal that another program has now is left alone", () => {
  const input = new Terminal();
  using keys = onKeys(input, { d: () => {} }, () => false);
  expect(keys.areRead).toBe(false);
  expect(input.raw).toBe(false);
});
