import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isAlive } from "../../support/processes.ts";
import { temporaryHome } from "../../support/temporary-home.ts";
import { server, STUB, stub } from "./support/stub.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const timeout = 60_000;

/** Runs `npm run rehearse` without npm. */
function rehearse(variables: Record<string, string>, cwd: string, ...args: string[]) {
  const files = ["tools/rehearse/main.ts", "environments.ts"].map((file) => join(ROOT, file));
  const child = spawn(
    process.execPath,
    ["--import", join(ROOT, "command-line/tsx.js"), ...files, ...args],
    { cwd, env: variables, timeout },
  );
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, err]) => ({ code: code as number | null, out, err }),
  );
  return { child, ended };
}

describe("npm run rehearse", () => {
  it.each([
    [
      "an unknown environment",
      2,
      ["nope"],
      /^error: unknown environment "nope"; allowed: dev, stg/,
    ],
    ["no endpoint", 2, ["dev"], /^error: AWS_ENDPOINT_URL is not set; allowed: .*rehearsal.md/],
  ])("exits for %s with %i and one line", { timeout }, async (_title, exitCode, args, wanted) => {
    const { code, out, err } = await rehearse({ PATH: process.env["PATH"] ?? "" }, ROOT, ...args)
      .ended;
    expect([code, out]).toEqual([exitCode, ""]);
    expect(err).toMatch(wanted);
    expect(err.trim().split("\n").length).toBe(1);
  });

  it.each([
    ["once, and destroys", false],
    ["twice, and leaves what there is", true],
  ])("exits with 130 after Ctrl-C %s", { timeout }, async (_title, isAgain) => {
    const home = await temporaryHome("interrupted-");
    onTestFinished(() => rmSync(home, { recursive: true }));
    await using answering = await server();
    using programs = stub({ hangs: "apply", ignoresInterrupts: isAgain });
    const { child, ended } = rehearse(
      {
        ...programs.variables,
        AWS_ENDPOINT_URL: answering.url.href,
        TERRAFORM_BINARY_NAME: STUB,
        TMPDIR: home,
      },
      home,
      "stg",
    );
    let said = "";
    child.stderr.on("data", (part: Buffer) => {
      said += part.toString();
    });
    const isCalled = (name: string): boolean =>
      programs.calls.some(({ line }) => line.startsWith(`terraform ${name}`));
    await vi.waitUntil(() => isCalled("apply"), { timeout });
    // The terminal and npm both send the signal, so two at once count as one.
    child.kill("SIGINT");
    child.kill("SIGINT");
    const again = setInterval(() => isAgain && child.kill("SIGINT"), 100);
    const { code, out } = await ended.finally(() => clearInterval(again));
    expect(code).toBe(130);
    const last = isAgain ? "" : "interrupted by SIGINT\n";
    expect(said).toBe(`destroys what was made; press Ctrl-C again to leave it there\n${last}`);
    expect(out).toMatch(/✓ plan +creates \d+ resources\n/);
    expect(isCalled("destroy")).toBe(!isAgain);
    await vi.waitUntil(() => !programs.calls.some(({ pid }) => isAlive(pid)), { timeout });
    const files = readdirSync(join(home, "rehearsals"));
    // The page of results, and Terraform's state.
    expect(files).toHaveLength(isAgain ? 2 : 1);
    const page = readFileSync(join(home, "rehearsals", files.at(-1) ?? ""), "utf8");
    expect(page).toContain(
      isAgain ? "Not ended: what was made is still there." : "Nothing is left.",
    );
  });
});
