import { once } from "node:events";
import { readFileSync } from "node:fs";
import { access, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { GuardedProcess } from "../../../../harness/ecs/machine/guarded-process.ts";
import { Guardian, MARKER } from "../../../../harness/ecs/machine/guardian.ts";
import { signalProcess } from "../../../../harness/ecs/machine/process-group.ts";
import { tryIsolation } from "../../../../harness/ecs/machine/platform.ts";
import type { Sandbox } from "../../../../harness/ecs/machine/sandbox.ts";

async function withGuardian(use: (guardian: Guardian) => Promise<void>): Promise<Guardian> {
  const guardian = await Guardian.start();
  try {
    await use(guardian);
  } finally {
    await guardian.close();
  }
  return guardian;
}

const shell = (
  guardian: Guardian,
  script: string,
  sandbox: Sandbox = {},
): Promise<GuardedProcess> =>
  GuardedProcess.start(guardian, {
    sandbox,
    argv: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/bin:/bin", [MARKER]: guardian.runId },
    cwd: guardian.folder,
    output: "pipe",
  });

/** Whether a process runs. Zombies do not count. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

/** Kills this process's only guardian, and waits for its end. */
async function killGuardian(): Promise<void> {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  const guardians = children
    .trim()
    .split(" ")
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("guardian-process.mjs"))
    .map(Number);
  expect(guardians).toHaveLength(1);
  const [pid = 0] = guardians;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
}

/** The first line of a process's output, as a number. */
async function firstNumber({ output }: GuardedProcess): Promise<number> {
  if (!output) throw new Error("its output is a pipe");
  const [line] = (await once(output, "data", { signal: AbortSignal.timeout(5000) })) as [Buffer];
  return Number(String(line).trim());
}

describe("GuardedProcess", () => {
  it("runs a program in its own group with nothing but the given environment", async () => {
    await withGuardian(async (guardian) => {
      const started = await shell(guardian, "echo $$; env | sort | cut -d= -f1; cat");
      const output = started.output ? await text(started.output) : "";
      expect(output.split("\n")[0]).toBe(String(started.pid));
      expect(output).not.toContain("HOME");
      expect(await started.exited).toBe(0);
    });
  });

  it.each([
    ["exit 75", 75],
    ["kill -TERM $$", 143],
    ["kill -KILL $$", 137],
    ["no-such-command", 127],
  ])("returns the exit code of %s", async (script, code) => {
    await withGuardian(async (guardian) => {
      expect(await (await shell(guardian, script)).exited).toBe(code);
    });
  });

  it.each([
    ["exit 75", 75],
    ["trap 'exit 3' TERM; kill -TERM $$", 3],
    ["echo ready; exec sleep 60", 137],
  ])(
    "returns the exit code of %s in its own namespace, without output of its own",
    async (script, code) => {
      const { pidNamespaces } = await tryIsolation({});
      await withGuardian(async (guardian) => {
        const first = pidNamespaces ? "program" : undefined;
        const started = await shell(guardian, script, { first });
        let output = "";
        started.output?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
        if (code === 137) {
          await vi.waitUntil(() => output === "ready\n", { timeout: 5000 });
          signalProcess(started.pid, "SIGKILL");
        }
        expect(await started.exited).toBe(code);
        expect(output).toBe(code === 137 ? "ready\n" : "");
      });
    },
  );

  it("signals only the main process, and kills the rest of the group when it has ended", async () => {
    await withGuardian(async (guardian) => {
      const script = "sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo $!; wait";
      const started = await shell(guardian, script);
      const child = await firstNumber(started);
      expect(isAlive(child)).toBe(true);
      started.signal("SIGTERM");
      expect(await started.exited).toBe(143);
      await expect.poll(() => isAlive(child)).toBe(false);
    });
  });
});

describe("Guardian", () => {
  it("kills all processes, even outside their group, and removes the folder on close", async () => {
    let [main, daemon] = [0, 0];
    const { folder } = await withGuardian(async (guardian) => {
      const started = await shell(guardian, "setsid sleep 60 & echo $!; wait");
      main = started.pid;
      daemon = await firstNumber(started);
      expect(isAlive(daemon)).toBe(true);
    });
    expect([main, daemon].map(isAlive)).toEqual([false, false]);
    await expect(access(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("starts no process after its end", async () => {
    const guardian = await withGuardian(async () => {});
    await expect(guardian.watch(1)).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await guardian.close();
  });

  it.each(["/tmp/a b", "tmp"])("refuses %j as the folder for temporary files", async (folder) => {
    vi.stubEnv("TMPDIR", folder);
    try {
      await expect(Guardian.start()).rejects.toThrow(
        `TMPDIR "${folder}" must be an absolute path of letters`,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("says why it cannot make the folder", async () => {
    vi.stubEnv("TMPDIR", "/not/there");
    try {
      await expect(Guardian.start()).rejects.toMatchObject({
        code: "ERR_PLATFORM",
        message: expect.stringMatching(/^no folder for the run: ENOENT.*\/not\/there/),
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([false, true])(
    "removes no folder that has the name of its own meanwhile (guardian killed: %s)",
    async (isKilled) => {
      const guardian = await Guardian.start();
      const { folder } = guardian;
      const [moved, other] = [`${folder}-moved`, path.join(folder, "other")];
      await rename(folder, moved);
      await mkdir(folder);
      await writeFile(other, "of another user");
      try {
        if (isKilled) await killGuardian();
        await guardian.close();
        expect(await readFile(other, "utf8")).toBe("of another user");
      } finally {
        for (const each of [moved, folder]) await rm(each, { recursive: true, force: true });
      }
    },
  );

  it("gives every run its own folder, which other users cannot read", async () => {
    await withGuardian(async (one) => {
      await withGuardian(async (other) => {
        expect(other.folder).not.toBe(one.folder);
        expect((await stat(one.folder)).mode & 0o777).toBe(0o700);
      });
    });
  });
});
