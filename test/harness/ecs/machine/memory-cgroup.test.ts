import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { MemoryCgroup } from "../../../../harness/ecs/machine/memory-cgroup.ts";

/** Ordinary folders in place of cgroups: they show which files are written. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "cgroup-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const MIB = 2 ** 20;

describe.each([
  {
    version: 1 as const,
    limit: "memory.limit_in_bytes",
    events: "memory.oom_control",
    // The kernel's text before the counter.
    others: "oom_kill_disable 0\nunder_oom 1\n",
  },
  {
    version: 2 as const,
    limit: "memory.max",
    events: "memory.events",
    others: "low 0\nhigh 0\nmax 7\noom 3\n",
  },
])("a memory cgroup of version $version", ({ version, limit, events, others }) => {
  it("has its limit and its processes", async () => {
    await withFolder(async (at) => {
      const task = new MemoryCgroup({ version, folder: path.join(at, "task") });
      const container = task.child("app-1", 64);
      await container.add(4711);
      const read = (file: string): Promise<string> => readFile(path.join(at, "task", file), "utf8");
      expect(await read(path.join("app-1", limit))).toBe(String(64 * MIB));
      expect(await read("app-1/cgroup.procs")).toBe("4711");
      await expect(read(limit)).rejects.toMatchObject({ code: "ENOENT" });
    });
  });

  it("knows whether the kernel has killed one of its processes", async () => {
    await withFolder(async (at) => {
      const folder = path.join(at, "task");
      const cgroup = new MemoryCgroup({ version, folder });
      const tell = (kills: string): Promise<void> =>
        writeFile(path.join(folder, events), `${others}${kills}`);
      await tell("oom_kill 0\noom_group_kill 0\n");
      expect(cgroup.hasKilled()).toBe(false);
      await tell("oom_kill 12\n");
      expect(cgroup.hasKilled()).toBe(true);
      // Before Linux 4.13 nothing counts them.
      await tell("");
      expect(cgroup.hasKilled()).toBe(false);
      await rm(folder, { recursive: true });
      expect(cgroup.hasKilled()).toBe(false);
    });
  });
});

it.each([
  [1, undefined],
  [2, "+memory"],
] as const)(
  "a cgroup of version %i gives its children the controller: %s",
  async (version, given) => {
    await withFolder(async (at) => {
      const folder = path.join(at, "task");
      new MemoryCgroup({ version, folder }).child("app-1");
      const file = path.join(folder, "cgroup.subtree_control");
      expect(await readFile(file, "utf8").catch(() => undefined)).toBe(given);
    });
  },
);

describe("the removal of a cgroup", () => {
  it("waits until the kernel allows it", async () => {
    await withFolder(async (at) => {
      const folder = path.join(at, "run");
      const run = new MemoryCgroup({ version: 1, folder });
      run.child("task");
      const busy = path.join(folder, "task", "busy");
      // An ordinary folder cannot be removed while it has a file.
      await writeFile(busy, "");
      const removed = run.remove();
      await rm(busy);
      await removed;
      await expect(readFile(folder)).rejects.toMatchObject({ code: "ENOENT" });
    });
  });
});
