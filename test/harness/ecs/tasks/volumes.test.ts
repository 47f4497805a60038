import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder, removeFolder } from "../../../../harness/ecs/base/temporary-folder.mjs";
import { Folders } from "../../../../harness/ecs/tasks/folders.ts";
import { Volumes } from "../../../../harness/ecs/tasks/volumes.ts";
import type { MountPlan } from "../../../../harness/ecs/terraform/plan/plan.ts";

const USER = { uid: 1_000, gid: 1_000 };
const CONTENT = { uid: 999, gid: 999, mode: 0o750 };

// Only root gives a folder to another user.
describe.runIf(process.getuid?.() === 0)("a container's link in a volume", () => {
  let run: ReturnType<typeof makeFolder>;
  let victim: ReturnType<typeof makeFolder>;
  beforeEach(() => {
    [run, victim] = [makeFolder("run-"), makeFolder("victim-")];
  });
  afterEach(() => [run, victim].forEach(removeFolder));

  const mounted = (mount: Partial<MountPlan>, content?: string) => {
    const plan = { path: "/data", directory: "fs/link", readOnly: false, ephemeral: false };
    const folders = new Folders(run.path);
    const volumes = new Volumes(folders, true, () => false);
    const all = [{ ...plan, ifMissing: "made" as const, ...mount }];
    const folder = folders.mount("t1", all[0] ?? plan);
    const mountAll = () =>
      volumes.mountAll("t1", all, USER, async () =>
        content === undefined ? undefined : { ...CONTENT, content },
      );
    return { folder, mount: mountAll };
  };
  const untouched = (): void => {
    expect(statSync(victim.path)).toMatchObject({ uid: 0, gid: 0, mode: 0o40_700 });
    expect(readdirSync(victim.path)).toEqual([]);
  };

  it.each([
    ["the folder", "fs/link", "made"],
    ["a folder that must exist", "fs/link", "refused"],
    ["a folder above it", "fs/link/below", "made"],
  ] as const)("is not followed as %s", async (_, directory, ifMissing) => {
    const { mount } = mounted({ directory, ifMissing });
    mkdirSync(path.join(run.path, "efs/fs"), { recursive: true });
    symlinkSync(victim.path, path.join(run.path, "efs/fs/link"));
    await expect(mount()).rejects.toThrow(/mount\.nfs4: .*: Not a directory$/);
    untouched();
  });

  it("is not followed where an image's files are copied to", async () => {
    const content = makeFolder("content-");
    try {
      writeFileSync(path.join(content.path, "file"), "of the image");
      chmodSync(content.path, 0o750);
      const { folder, mount } = mounted({ ephemeral: true, ifMissing: "copied" }, content.path);
      mkdirSync(path.dirname(folder), { recursive: true });
      symlinkSync(victim.path, folder);
      await expect(mount()).rejects.toThrow("Not a directory");
      untouched();
    } finally {
      removeFolder(content);
    }
  });

  it("changes nothing for a folder without one: it is made, filled and owned", async () => {
    const content = makeFolder("content-");
    try {
      mkdirSync(path.join(content.path, "below"));
      writeFileSync(path.join(content.path, "below/file"), "of the image");
      const { folder, mount } = mounted({ ephemeral: true, ifMissing: "copied" }, content.path);
      await mount();
      expect(readFileSync(path.join(folder, "below/file"), "utf8")).toBe("of the image");
      expect(statSync(folder)).toMatchObject({ uid: 999, gid: 999, mode: 0o40_750 });
      expect(readdirSync(run.path)).toEqual(["tasks"]);
    } finally {
      removeFolder(content);
    }
  });
});
