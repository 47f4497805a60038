import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Engine, engineImage } from "../../../../harness/ecs/index.ts";
import { imageFiles } from "../fixture/image-files.ts";

// With a real Podman, and a storage of its own.

const folder = mkdtempSync(join(tmpdir(), "engine-"));
const engine = Engine.find("podman");

const podman = (...args: string[]): string =>
  execFileSync("podman", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

function imported(tag: string, ...words: string[]): void {
  using files = imageFiles(["sh"]);
  const archive = join(folder, "files.tar");
  execFileSync("tar", ["-C", files.root, "-cf", archive, "."]);
  podman("import", ...words, archive, tag);
}

beforeAll(() => {
  const storage = join(folder, "storage.conf");
  // The one driver that every machine has.
  const roots = `graphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`;
  writeFileSync(storage, `[storage]\ndriver = "vfs"\n${roots}`);
  process.env["CONTAINERS_STORAGE_CONF"] = storage;
  process.env["XDG_CACHE_HOME"] = folder;
  imported(
    "localhost/small:1",
    ...["CMD sh -c true", "ENV A=b=c", "USER redis", "WORKDIR /srv", "STOPSIGNAL QUIT"].flatMap(
      (change) => ["--change", change],
    ),
  );
  imported("localhost/other:1", "--arch", "s390x");
});
afterAll(() => {
  delete process.env["CONTAINERS_STORAGE_CONF"];
  delete process.env["XDG_CACHE_HOME"];
  rmSync(folder, { recursive: true, force: true });
});

it("an image of an engine has its files and settings, exported once", async () => {
  if (engine === undefined) throw new Error("no podman");
  const exports: string[] = [];
  const get = () => engineImage(engine, "localhost/small:1", (name) => exports.push(name));
  const image = await get();
  expect(image).toMatchObject({
    environment: { A: "b=c" },
    user: "redis",
    users: { root: "0:0", redis: "999:999" },
    workingDirectory: "/srv",
    stopSignal: "SIGQUIT",
  });
  const root = image?.root ?? "";
  expect(existsSync(join(root, "bin/sh"))).toBe(true);
  expect(readFileSync(join(root, "etc/passwd"), "utf8")).toContain("redis:x:999");
  expect(await get()).toEqual(image);
  expect(exports).toEqual(["localhost/small:1"]);
  // Nothing is left in the engine, or half written in the cache.
  expect(podman("ps", "--all", "--quiet")).toBe("");
  expect(readdirSync(join(root, "..")).filter((name) => name.startsWith("new-"))).toEqual([]);
});

it("an image that the engine does not have is none", async () => {
  expect(engine && (await engineImage(engine, "localhost/none:1"))).toBeUndefined();
});

it("an image of another architecture is refused before anything is exported", async () => {
  if (engine === undefined) throw new Error("no podman");
  await expect(engineImage(engine, "localhost/other:1")).rejects.toThrow(
    /^image localhost\/other:1 is for linux\/s390x, and this machine is linux\/\w+: build or pull/,
  );
});

it("an engine that fails is named, with what it says", async () => {
  if (engine === undefined) throw new Error("no podman");
  await expect(engine.export("no-such-image", folder)).rejects.toMatchObject({
    code: "ERR_IMAGE",
  });
});
