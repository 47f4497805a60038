import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { upgradeOptions } from "../../../../harness/commands/upgrade/options.ts";
import { runUpgrade } from "../../../../harness/commands/upgrade/run-upgrade.ts";
import {
  planFiles,
  recorded,
  withImage,
  withOtherFileSystem,
  withOtherFolder,
} from "../../upgrade/support/plans.ts";

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(console, "log").mockImplementation((text: string) => void (printed += `${text}\n`));
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockReturnValue(true);
  }
});
afterEach(() => vi.restoreAllMocks());

/** Runs the command. @returns the exit code */
async function upgraded(plan: object, ...args: string[]): Promise<number> {
  using files = planFiles();
  const file = files.write(plan, "stg.plan.json");
  const options = upgradeOptions([file, "--engine", "none", ...args]);
  return await runUpgrade(options, new AbortController().signal);
}

const figure = (name: string): string | undefined =>
  new RegExp(String.raw`^\| ${name} *\| (\S.*?) *\|$`, "m").exec(printed)?.[1];

describe("npm run upgrade", () => {
  it("plays a new image of Redis: Redis starts once, and no write is lost", async () => {
    expect(await upgraded(withImage("redis:8.2.1"), "--yes", "--markdown")).toBe(0);
    expect(printed).toMatch(/^### ! `stg`: Redis restarts/);
    expect(figure("starts of Redis")).toBe("1");
    expect(figure("starts of the app")).toBe("0");
    expect(figure("writes lost")).toMatch(/^0 of [1-9]/);
  });

  it("plays an app release: Redis does not start", async () => {
    const release = recorded("stg-app-release");
    expect(await upgraded(release, "--yes", "--markdown", "--env", "prod")).toBe(0);
    expect(printed).toMatch(/^### ✓ `prod`: Redis keeps running/);
    expect(figure("starts of Redis")).toBe("0");
    expect(figure("starts of the app")).toBe("2");
  });

  it("plays another folder of the same file system: earlier writes are lost", async () => {
    expect(await upgraded(withOtherFolder(), "--yes", "--markdown")).toBe(1);
    expect(printed).toMatch(/^### ✗ `stg`: Redis leaves its data behind/);
    expect(figure("writes lost")).toMatch(/^[1-9]\d+ of /);
  });

  it("does not play a replaced file system, and exits with 1 because the data are lost", async () => {
    expect(await upgraded(withOtherFileSystem(), "--yes", "--markdown")).toBe(1);
    expect(printed).toMatch(/^### ✗ `stg`: Redis loses its data\n/);
    expect(printed).toContain("Not played: `aws_efs_file_system.storage_efs`");
  });

  it.each<[string, number, object]>([
    ["an older Redis", 1, withImage("redis:7.4.1")],
    ["a first deploy", 0, recorded("dev-first-deploy")],
  ])("does not play %s, and exits with %i", async (_, code, plan) => {
    expect(await upgraded(plan, "--yes")).toBe(code);
    expect(printed).toContain("not played: ");
  });

  it("writes what the plan says before it refuses to run commands without --yes", async () => {
    const markdown = upgraded(withImage("redis:8.2.1"), "--markdown");
    await expect(markdown).rejects.toMatchObject({ name: "UsageError" });
    expect(printed).toMatch(/^### ! `stg`: /);
    expect(printed).toContain("Not played: ");
  });

  it("exits with 1 if the data are lost, also where the play needs another option", async () => {
    expect(await upgraded(withOtherFolder(), "--markdown")).toBe(1);
    expect(printed).toContain("Not played: ");
  });

  it("names its own options in an error about the plan", async () => {
    const elsewhere = upgraded(recorded("stg-app-release"), "--no-play", "--configuration", "docs");
    await expect(elsewhere).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringContaining("--configuration"),
    });
  });

  it("refuses what is no plan", async () => {
    const state = recorded("handwritten-split.state");
    await expect(upgraded(state, "--no-play")).rejects.toMatchObject({ name: "UsageError" });
  });
});
