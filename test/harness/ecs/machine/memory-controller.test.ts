import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findMemoryController } from "../../../../harness/ecs/machine/memory-controller.ts";

const FIRST = "/sys/fs/cgroup/memory";
const SECOND = "/sys/fs/cgroup";

/** A line as in proc_pid_mountinfo(5). */
const mount = (type: string, at: string, root = "/", options = "rw"): string =>
  `35 31 0:32 ${root} ${at} rw,relatime shared:9 - ${type} ${type} ${options}`;

describe("version 1 of the memory controller", () => {
  const cpu = mount("cgroup", "/sys/fs/cgroup/cpu", "/", "rw,cpu,cpuacct");
  const memory = (root?: string): string => mount("cgroup", FIRST, root, "rw,memory");
  const second = mount("cgroup2", "/sys/fs/cgroup/unified");

  it.each([
    ["the cgroup of this process", "/user/one", "/", `${FIRST}/user/one`],
    ["the root of the hierarchy", "/", "/", FIRST],
    ["a container that sees its own part", "/docker/1a2b", "/docker/1a2b", FIRST],
    ["a cgroup in that part", "/docker/1a2b/in", "/docker/1a2b", `${FIRST}/in`],
    ["a container that sees another part", "/docker/1a2b", "/docker/3c4d", FIRST],
  ])("is found: %s", (_title, own, root, folder) => {
    const cgroups = `9:cpu,cpuacct:/other\n4:memory:${own}\n0::/\n`;
    const mounts = [cpu, second, memory(root)].join("\n");
    expect(findMemoryController(cgroups, mounts)).toEqual({ version: 1, folder });
  });
});

/** Folders in place of cgroups, by path, with the controllers of their children. */
async function inHierarchy(
  children: Readonly<Record<string, string>>,
  use: (at: string) => void,
): Promise<void> {
  const at = await mkdtemp(path.join(tmpdir(), "cgroups-"));
  try {
    for (const [cgroup, names] of Object.entries(children)) {
      await mkdir(path.join(at, cgroup), { recursive: true });
      await writeFile(path.join(at, cgroup, "cgroup.subtree_control"), `${names}\n`);
    }
    use(at);
  } finally {
    await rm(at, { recursive: true });
  }
}

describe("version 2 of the memory controller", () => {
  const slice = { "": "cpu memory pids", user: "memory pids", "user/session": "" };

  it.each([
    ["the slice of a session", slice, "/user/session", "user"],
    ["the root, from a session", { ...slice, user: "cpu pids" }, "/user/session", ""],
    ["the root", { "": "cpu memory" }, "/", ""],
  ])("is found: %s", async (_title, children, own, expected) => {
    await inHierarchy(children, (at) => {
      const found = findMemoryController(`0::${own}\n`, mount("cgroup2", at));
      expect(found).toEqual({ version: 2, folder: path.join(at, expected) });
    });
  });

  it.each([
    ["a privileged container, whose processes are in its root", { "": "" }, "/"],
    ["a machine without slices", { "": "cpu", session: "" }, "/session"],
  ])("limits no children of %s", async (_title, children, own) => {
    await inHierarchy(children, (at) => {
      expect(() => findMemoryController(`0::${own}\n`, mount("cgroup2", at))).toThrow(
        "no cgroup above this process limits its children (cgroup.subtree_control)",
      );
    });
  });

  it("is not mounted", () => {
    const mounts = mount("tmpfs", SECOND);
    expect(() => findMemoryController("0::/\n", mounts)).toThrow("no memory controller is mounted");
  });
});
