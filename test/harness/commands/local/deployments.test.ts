import { expect, it, vi } from "vitest";
import { told } from "../../../../harness/commands/local/deployments.ts";

it("a deployment that fails is told, and ends nothing; when the run ends, nothing is told", async () => {
  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  const run = new AbortController();
  try {
    expect(await told(Promise.resolve(), run.signal)).toBe(true);
    expect(await told(Promise.reject(new Error("no memory")), run.signal)).toBe(false);
    run.abort();
    expect(await told(Promise.reject(new Error("no memory")), run.signal)).toBe(false);
  } finally {
    log.mockRestore();
  }
  const lines = "\n  no memory\n  redeploy deploys the app again, Ctrl-C ends it\n";
  expect(said).toEqual([lines]);
});
