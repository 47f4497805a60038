import { expect, it, vi } from "vitest";
import { reportFailure } from "../../../../harness/commands/local/deployments.ts";

it("a failed deployment is reported and the run continues; after the end of the run nothing is reported", async () => {
  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  const run = new AbortController();
  try {
    expect(await reportFailure(Promise.resolve(), run.signal)).toBe(true);
    expect(await reportFailure(Promise.reject(new Error("no memory")), run.signal)).toBe(false);
    run.abort();
    expect(await reportFailure(Promise.reject(new Error("no memory")), run.signal)).toBe(false);
  } finally {
    log.mockRestore();
  }
  const lines = "\n  no memory\n  type redeploy to deploy the app again; Ctrl-C ends the run\n";
  expect(said).toEqual([lines]);
});
