import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import { runTarget } from "./run-target.ts";

const run = (
  name: string,
  fixture = "misbehaves",
  { signal }: Pick<AbortController, "signal"> = new AbortController(),
) =>
  runTarget({
    name,
    seed: 5,
    inputs: 10,
    program: new URL(`fixtures/${fixture}.ts`, import.meta.url),
    silence: name === "hang" ? 2_000 : 20_000,
    signal,
  });

describe("the run of a target", () => {
  it("that ends its process is a failure, with what it had done", async () => {
    const { inputs, failures } = await run("crash");
    expect(inputs).toBe(7);
    expect(failures).toMatchObject([
      { input: "ff", what: "too large" },
      { what: "its process ended (3), after 7 inputs; --seed 5 gives them again" },
    ]);
  });

  it("that loops forever is a failure, and its process is gone", async () => {
    const { failures } = await run("hang");
    expect(failures.at(-1)?.what).toMatch(/^said nothing for 2000 ms/);
  });

  it("that leaves an error behind, and memory, is a failure for each", async () => {
    const { inputs, failures, figures } = await run("leaves", "leaves");
    expect(inputs).toBe(10);
    expect(failures.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^Error: no one awaits it /),
      expect.stringMatching(/^TypeError: no one catches it /),
      expect.stringMatching(/^holds \d+(\.\d)? MiB more than after a tenth$/),
    ]);
    expect(figures["MiB grown"]).toBeGreaterThan(40);
  });

  it("that is stopped gives what it had done and found until then", async () => {
    const stopped = new AbortController();
    const stopWhenFound = (message: unknown): void => {
      const { process: child } = message as { process: ChildProcess };
      child.on("message", (told) => {
        // After the one who runs the target has heard it.
        if (Object.hasOwn(told as object, "found")) setImmediate(() => stopped.abort());
      });
    };
    subscribe("child_process", stopWhenFound);
    try {
      expect(await run("wait", "misbehaves", stopped)).toEqual({
        inputs: 7,
        figures: {},
        failures: [{ input: "ff", what: "too large" }],
      });
    } finally {
      unsubscribe("child_process", stopWhenFound);
    }
  });

  it("that cannot run is an error", async () => {
    await expect(run("error")).rejects.toThrow("error: no such thing");
  });
});
