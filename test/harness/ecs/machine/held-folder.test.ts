import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder, removeFolder } from "../../../../harness/ecs/base/temporary-folder.mjs";
import { HeldFolder } from "../../../../harness/ecs/machine/held-folder.ts";

describe("a held folder", () => {
  let run: ReturnType<typeof makeFolder>;
  let victim: ReturnType<typeof makeFolder>;
  beforeEach(() => {
    [run, victim] = [makeFolder("run-"), makeFolder("victim-")];
  });
  afterEach(() => [run, victim].forEach(removeFolder));
  const at = (...names: string[]): string => path.join(run.path, ...names);

  it("is made with what is above it, once", async () => {
    await using held = await HeldFolder.open(at("a/b"), { makes: true });
    await using again = await HeldFolder.open(at("a/b/"), { makes: true });
    expect([held.isNew, again.isNew]).toEqual([true, false]);
    await writeFile(held.at("file"), "");
    expect(existsSync(at("a/b/file"))).toBe(true);
    await expect(HeldFolder.open(at("c"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.each(["link", "link/below", "link/new"])("is refused at %s", async (name) => {
    symlinkSync(victim.path, at("link"));
    mkdirSync(path.join(victim.path, "below"));
    const refused = HeldFolder.open(at(name), { makes: true });
    await expect(refused).rejects.toMatchObject({ code: "ENOTDIR" });
    expect(existsSync(path.join(victim.path, "new"))).toBe(false);
  });

  it("is not a file", async () => {
    writeFileSync(at("file"), "");
    await expect(HeldFolder.open(at("file"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it("stays the same when a link takes its place", async () => {
    await using held = await HeldFolder.open(at("a"), { makes: true });
    renameSync(at("a"), at("moved"));
    symlinkSync(victim.path, at("a"));
    await writeFile(held.at("file"), "");
    expect(existsSync(at("moved/file"))).toBe(true);
    expect(existsSync(path.join(victim.path, "file"))).toBe(false);
  });
});
