import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder, removeFolder } from "../../../../harness/ecs/base/temporary-folder.mjs";

it("a temporary folder is new, closed to other users, and removed with what is in it", () => {
  const [one, other] = [makeFolder("test-"), makeFolder("test-")];
  expect(one.path).not.toBe(other.path);
  expect(statSync(one.path).mode & 0o777).toBe(0o700);
  const kept = join(other.path, "kept");
  writeFileSync(kept, "");
  symlinkSync(other.path, join(one.path, "link"));
  mkdirSync(join(one.path, "below/below"), { recursive: true });
  removeFolder(one);
  expect(existsSync(one.path)).toBe(false);
  expect(existsSync(kept)).toBe(true);
  removeFolder(one);
  removeFolder(other);
});

it("a link or a folder that has its name meanwhile stays", () => {
  const [own, victim] = [makeFolder("test-"), makeFolder("test-")];
  const kept = join(victim.path, "kept");
  writeFileSync(kept, "");
  const moved = { ...own, path: `${own.path}-moved` };
  renameSync(own.path, moved.path);
  symlinkSync(victim.path, own.path);
  removeFolder(own);
  expect(existsSync(kept)).toBe(true);
  unlinkSync(own.path);
  removeFolder({ ...own, path: victim.path });
  expect(existsSync(kept)).toBe(true);
  for (const each of [moved, victim]) removeFolder(each);
  expect([moved, victim].filter(({ path }) => existsSync(path))).toEqual([]);
});

it("a folder is removed with a path in it that is too long for a call", () => {
  const folder = makeFolder("test-");
  const name = "x".repeat(250);
  const script = `n=0; while [ $n -lt 20 ]; do mkdir ${name} && cd -P ${name} || exit; n=$((n + 1)); done`;
  execFileSync("/bin/sh", ["-c", script], { cwd: folder.path });
  removeFolder(folder);
  expect(existsSync(folder.path)).toBe(false);
});

it("a folder to which a killed process still writes for a moment is removed", async () => {
  const folder = makeFolder("test-");
  const script = "n=0; echo; while [ $n -lt 500 ]; do : >$n || exit; n=$((n + 1)); done";
  const writer = spawn("/bin/sh", ["-c", script], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(writer.stdout, "data");
  removeFolder(folder);
  expect(existsSync(folder.path)).toBe(false);
});
