import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isAlive } from "../../support/processes.ts";
import { temporaryHome } from "../../support/temporary-home.ts";
import { emulator, STUB, stub } from "./support/stub.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const timeout = 60_000;

/** Runs `npm run emulated` without npm. */
function emulated(variables: Record<string, string>, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "tools/emulated/main.ts", "environments.ts", ...args],
    { cwd: ROOT, env: variables, timeout },
  );
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, err]) => ({ code: code as number | null, out, err }),
  );
  return { child, ended };
}

describe("npm run emulated", () => {
  it.each([
    [
      "an unknown environment",
      2,
      ["nope"],
      /^error: unknown environment "nope"; allowed: dev, stg/,
    ],
    ["no endpoint", 1, ["dev"], /^error: AWS_ENDPOINT_URL is not set; install one: pipx install /],
  ])("exits for %s with %i and one line", { timeout }, async (_title, exitCode, args, wanted) => {
    const { code, out, err } = await emulated({ PATH: process.env["PATH"] ?? "" }, ...args).ended;
    expect([code, out]).toEqual([exitCode, ""]);
    expect(err).toMatch(wanted);
    expect(err.trim().split("\n").length).toBe(1);
  });

  it.each([
    ["once", false],
    ["twice, if Terraform does not end", true],
  ])("exits with 130 and ends Terraform after Ctrl-C %s", { timeout }, async (_title, isAgain) => {
    const folder = await temporaryHome("interrupted-");
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await using answering = await emulator();
    using terraform = stub({ hangs: "apply", ignoresInterrupts: isAgain });
    const { child, ended } = emulated(
      {
        ...terraform.variables,
        AWS_ENDPOINT_URL: answering.url.href,
        TERRAFORM_BINARY_NAME: STUB,
        TMPDIR: folder,
      },
      "stg",
    );
    let said = "";
    child.stderr.on("data", (part: Buffer) => {
      said += part.toString();
    });
    await vi.waitUntil(() => terraform.calls.some(({ args }) => args[0] === "apply"), {
      timeout,
    });
    // The terminal and npm both send the signal, so two at once count as one.
    child.kill("SIGINT");
    child.kill("SIGINT");
    const again = setInterval(() => isAgain && child.kill("SIGINT"), 100);
    const { code, out } = await ended.finally(() => clearInterval(again));
    expect(code).toBe(130);
    const last = isAgain ? "" : "interrupted by SIGINT\n";
    expect(said).toBe(`waiting for Terraform to end; press Ctrl-C again to kill it\n${last}`);
    expect(out).toMatch(/✓ plan +creates \d+ resources\n/);
    await vi.waitUntil(() => !terraform.calls.some(({ pid }) => isAlive(pid)), { timeout });
    expect(readdirSync(folder).filter((name) => name.startsWith("emulated-"))).toEqual([]);
  });
});
