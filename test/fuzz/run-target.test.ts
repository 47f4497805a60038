import { describe, expect, it } from "vitest";
import { runTarget } from "./run-target.ts";

const program = new URL("fixtures/misbehaves.ts", import.meta.url);
const run = (name: string) =>
  runTarget({
    name,
    seed: 5,
    inputs: 10,
    program,
    silence: name === "hang" ? 2_000 : 20_000,
    signal: new AbortController().signal,
  });

describe("the run of a target", () => {
  it("that ends its process is a failure, with what it had done", async () => {
    const { inputs, failures } = await run("crash");
    expect(inputs).toBe(7);
    expect(failures).toMatchObject([
      { what: "its process ended (3), after 7 inputs; --seed 5 gives them again" },
    ]);
  });

  it("that loops forever is a failure, and its process is gone", async () => {
    const { failures } = await run("hang");
    expect(failures).toMatchObject([{ what: expect.stringMatching(/^said nothing for 2000 ms/) }]);
  });

  it("that cannot run is an error", async () => {
    await expect(run("error")).rejects.toThrow("error: no such thing");
  });
});
