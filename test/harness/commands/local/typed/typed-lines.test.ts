import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { onLines } from "../../../../../harness/commands/local/typed/typed-lines.ts";
import { until } from "../../../../../harness/plays/stage/until.ts";

/** Standard input of a terminal. */
class Terminal extends PassThrough {
  readonly isTTY = true;
}

test("lines of a pipe run in sequence", async () => {
  const input = new PassThrough();
  const begun: string[] = [];
  const waiting: (() => void)[] = [];
  using lines = onLines(input, async (line, number) => {
    begun.push(`${number} ${line}`);
    await new Promise<void>((resolve) => waiting.push(resolve));
  });
  expect(lines.areTyped).toBe(false);
  input.end("one\ntwo\nthree");
  await until("the first begins", () => begun.length > 0);
  expect(begun).toEqual(["1 one"]);
  for (let done = 1; done < 3; done++) {
    waiting.shift()?.();
    await until("the next begins", () => begun.length > done);
  }
  expect(begun).toEqual(["1 one", "2 two", "3 three"]);
});

test("a terminal is read only in the foreground", () => {
  using own = onLines(
    new Terminal(),
    async () => {},
    () => true,
  );
  expect(own.areTyped).toBe(true);
  const input = new Terminal();
  using other = onLines(
    input,
    async () => {},
    () => false,
  );
  expect(other.areTyped).toBe(false);
  expect(input.listenerCount("data")).toBe(0);
});
