import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { confirmed } from "../../../../../harness/commands/shared/templates/confirm.ts";

function terminal(isTTY: boolean, answer = ""): Parameters<typeof confirmed>[1] {
  const input = Object.assign(new PassThrough(), { isTTY });
  input.end(answer);
  return { input, output: new PassThrough() };
}

const never = new AbortController().signal;

describe("the question before a plan's commands", () => {
  it.each([
    ["y\n", true],
    ["Yes\n", true],
    ["n\n", false],
    ["\n", false],
    // Ctrl-D.
    ["", false],
  ])("%j is %s", async (answer, expected) => {
    expect(await confirmed("Run?", terminal(true, answer), never)).toBe(expected);
  });

  it("fails without a terminal", async () => {
    await expect(confirmed("Run?", terminal(false, "y\n"), never)).rejects.toThrow("--yes");
  });

  it("ends when the command is aborted", async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const asked = confirmed("Run?", { input, output: new PassThrough() }, AbortSignal.abort());
    await expect(asked).rejects.toThrow("aborted");
  });
});
