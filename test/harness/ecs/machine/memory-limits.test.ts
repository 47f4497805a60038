import { existsSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { GuardedProcess } from "../../../../harness/ecs/machine/guarded-process.ts";
import { Guardian } from "../../../../harness/ecs/machine/guardian.ts";
import { MemoryCgroup } from "../../../../harness/ecs/machine/memory-cgroup.ts";
import { findMemoryController } from "../../../../harness/ecs/machine/memory-controller.ts";
import { startMemoryLimits } from "../../../../harness/ecs/machine/memory-limits.ts";
import { signalProcess } from "../../../../harness/ecs/machine/process-group.ts";

/** A run that has or has not memory limits. */
interface Limited {
  readonly guardian: Guardian;
  readonly cgroup: MemoryCgroup | undefined;
  readonly why: string | undefined;
}

async function withLimits(use: (run: Limited) => Promise<void>): Promise<void> {
  const guardian = await Guardian.start();
  try {
    const { cgroup, why } = await startMemoryLimits(guardian);
    await use({ guardian, cgroup, why });
  } finally {
    await guardian.close();
  }
}

/** Why this machine has no memory limits; undefined if it has. */
let why: string | undefined;
await withLimits(async (run) => {
  why = run.why;
});

const run = (guardian: Guardian, script: string, memory: MemoryCgroup) =>
  GuardedProcess.start(guardian, {
    argv: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/bin:/bin" },
    cwd: guardian.folder,
    output: "ignore",
    memory,
  });

const folderOf = (guardian: Guardian): string =>
  path.join(findMemoryController().folder, path.basename(guardian.folder));

/** The file of a process; empty if it has ended. */
function fileOf(pid: string, name: "cmdline" | "status"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

const isGuardian = (pid: string): boolean =>
  fileOf(pid, "cmdline").includes("guardian-process.mjs") &&
  fileOf(pid, "status").includes(`\nPPid:\t${process.pid}\n`);

/** The PID of this process' only guardian process; undefined if it has ended. */
function guardianProcess(): number | undefined {
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isGuardian(name));
  return pid === undefined ? undefined : Number(pid);
}

/** A run with its cgroup. */
const limited = (use: (cgroup: MemoryCgroup, guardian: Guardian) => Promise<void>) =>
  withLimits(async ({ cgroup, guardian }) => {
    if (cgroup === undefined) throw new Error("this machine had limits before");
    await use(cgroup, guardian);
  });

describe.runIf(why === undefined)("the memory limits of a run", () => {
  it("are not stretched by swap", async () => {
    await limited(async (cgroup, guardian) => {
      cgroup.child("small", 32);
      const read = (file: string): Promise<string | undefined> =>
        readFile(path.join(folderOf(guardian), "small", file), "utf8").catch(() => undefined);
      // A kernel without support for swap has neither file.
      const together = await read("memory.memsw.limit_in_bytes");
      const swap = await read("memory.swap.max");
      expect([together ?? "33554432\n", swap ?? "0\n"]).toEqual(["33554432\n", "0\n"]);
    });
  });

  it("leave nothing: not the trial, and at the end nothing at all", async () => {
    let folder = "";
    await limited(async (cgroup, guardian) => {
      folder = folderOf(guardian);
      expect(existsSync(folder)).toBe(true);
      expect(existsSync(path.join(folder, "trial"))).toBe(false);
      const left = await run(guardian, "sleep 60", cgroup.child("left", 32));
      expect(left.running).toBe(true);
    });
    expect(existsSync(folder)).toBe(false);
  });

  it("leave nothing if the guardian process is killed", async () => {
    let folder = "";
    await limited(async (cgroup, guardian) => {
      folder = folderOf(guardian);
      await run(guardian, "sleep 60", cgroup.child("left", 32));
      const pid = guardianProcess();
      if (pid === undefined) throw new Error("there is no guardian process");
      signalProcess(pid, "SIGKILL");
      await expect.poll(guardianProcess).toBeUndefined();
      expect(existsSync(folder)).toBe(true);
    });
    expect(existsSync(folder)).toBe(false);
  });
});

it.runIf(why !== undefined)("a machine without memory limits says why", () => {
  expect(why).toMatch(
    /^no (memory controller|cgroup above)|^E(ACCES|PERM|ROFS): |set TMPDIR to a folder/,
  );
});

it("memory limits are not applied if the files of containers would count", async () => {
  // A file system in memory, on every Linux.
  const folder = "/dev/shm";
  expect(statfsSync(folder).type).toBe(0x01_02_19_94);
  vi.stubEnv("TMPDIR", folder);
  try {
    await withLimits(async (inMemory) => {
      expect(inMemory.cgroup).toBeUndefined();
      expect(inMemory.why).toBe(
        "/dev/shm is in memory, so the files of containers would count; set TMPDIR to a folder on a disk",
      );
    });
  } finally {
    vi.unstubAllEnvs();
  }
});
