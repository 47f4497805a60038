import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Engine, engineImage } from "../../../../harness/ecs/index.ts";
import { importImage, ownPodman, podman } from "../../../support/podman.ts";
import { imageFiles } from "../fixture/image-files.ts";

// With a real Podman, and a storage of its own.

const own = ownPodman("vfs");
const engine = Engine.find("podman");

beforeAll(() => {
  using files = imageFiles(["sh"]);
  const changes = [
    "CMD sh -c true",
    "ENV A=b=c",
    "USER redis",
    "WORKDIR /srv",
    "STOPSIGNAL QUIT",
    "EXPOSE 80",
    "EXPOSE 53/udp",
  ];
  importImage("localhost/small:1", files.root, changes);
  importImage("localhost/other:1", files.root, [], "--arch", "s390x");
  importImage("localhost/windows:1", files.root, [], "--os", "windows");
});
afterAll(() => own[Symbol.dispose]());

it("an image of an engine has its files and settings, exported once", async () => {
  if (engine === undefined) throw new Error("no podman");
  const exports: unknown[] = [];
  const get = () =>
    engineImage(engine, "localhost/small:1", {
      onBegin: (...begun) => exports.push(begun),
      onEnd: (...ended) => exports.push(ended),
    });
  const image = await get();
  expect(image).toMatchObject({
    environment: { A: "b=c" },
    user: "redis",
    users: { root: "0:0", redis: "999:999" },
    workingDirectory: "/srv",
    stopSignal: "SIGQUIT",
    exposes: [80],
  });
  const root = image?.root ?? "";
  expect(existsSync(join(root, "bin/sh"))).toBe(true);
  expect(readFileSync(join(root, "etc/passwd"), "utf8")).toContain("redis:x:999");
  expect(await get()).toEqual(image);
  const size = Number.parseInt(execFileSync("du", ["-s", "--block-size=1MB", root]).toString(), 10);
  expect(size).toBeGreaterThan(0);
  expect(exports).toEqual([["localhost/small:1"], ["localhost/small:1", size, expect.any(Number)]]);
  // Some of an image's programs are setuid root: no other user may reach them.
  expect(statSync(join(root, "..")).mode & 0o777).toBe(0o700);
  chmodSync(join(root, ".."), 0o755);
  await get();
  expect(statSync(join(root, "..")).mode & 0o777).toBe(0o700);
  // Nothing is left in the engine, or half written in the cache.
  expect(podman("ps", "--all", "--quiet")).toBe("");
  expect(readdirSync(join(root, "..")).filter((name) => name.startsWith("new-"))).toEqual([]);
});

it("an image that the engine does not have is none", async () => {
  expect(engine && (await engineImage(engine, "localhost/none:1"))).toBeUndefined();
});

it("an image of another architecture or system is refused before anything is exported", async () => {
  if (engine === undefined) throw new Error("no podman");
  const machine = "and this machine is linux/\\w+: build or pull it for that platform";
  for (const [name, platform] of [
    ["other", "linux/s390x"],
    ["windows", "windows/amd64"],
  ]) {
    await expect(engineImage(engine, `localhost/${name}:1`)).rejects.toThrow(
      new RegExp(`^image localhost/${name}:1 is for ${platform}, ${machine}$`),
    );
  }
});

// As root, who may mount a small disk.
it.runIf(process.getuid?.() === 0)(
  "a disk without room for its files is named, with what to do, and nothing is left",
  async () => {
    if (engine === undefined) throw new Error("no podman");
    const cache = join(own.folder, "small");
    mkdirSync(cache);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", cache]);
    try {
      vi.stubEnv("XDG_CACHE_HOME", cache);
      const images = join(cache, "local-ecs/images");
      await expect(engineImage(engine, "localhost/small:1")).rejects.toMatchObject({
        code: "ERR_IMAGE",
        message: `image localhost/small:1: no room for its files in ${images}: free some, or name another folder in XDG_CACHE_HOME`,
      });
      expect(readdirSync(images)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      execFileSync("umount", [cache]);
    }
  },
);

it("the folder of somebody else is not the cache, by a link neither", async () => {
  if (engine === undefined) throw new Error("no podman");
  const [cache, other] = [join(own.folder, "linked"), join(own.folder, "other")];
  const images = join(cache, "local-ecs/images");
  mkdirSync(join(cache, "local-ecs"), { recursive: true });
  mkdirSync(other, { mode: 0o755 });
  symlinkSync(other, images);
  vi.stubEnv("XDG_CACHE_HOME", cache);
  try {
    const asked = () => engineImage(engine, "localhost/small:1");
    await expect(asked()).rejects.toThrow(`${images} must be a folder, and no link`);
    expect(statSync(other).mode & 0o777).toBe(0o755);
    expect(readdirSync(other)).toEqual([]);
    if (process.getuid?.() !== 0) return;
    rmSync(images);
    mkdirSync(images);
    chownSync(images, 65_534, 65_534);
    await expect(asked()).rejects.toThrow(
      `${images} belongs to user 65534: name a folder of your own in XDG_CACHE_HOME`,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});

it("an engine that fails is named, with what it says", async () => {
  if (engine === undefined) throw new Error("no podman");
  await expect(engine.export("no-such-image", own.folder)).rejects.toMatchObject({
    code: "ERR_IMAGE",
    message: expect.stringMatching(/^podman create no-such-image: Error: .*no-such-image.*$/),
  });
});

it("an export that is aborted leaves no files", async () => {
  if (engine === undefined) throw new Error("no podman");
  const cache = join(own.folder, "aborted");
  const abort = new AbortController();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  const asked = engineImage(engine, "localhost/small:1", {
    onBegin: () => abort.abort(),
    signal: abort.signal,
  });
  await expect(asked).rejects.toThrow(/^podman export \w+: AbortError/);
  vi.unstubAllEnvs();
  expect(readdirSync(join(cache, "local-ecs/images"))).toEqual([]);
  expect(podman("ps", "--all", "--quiet")).toBe("");
});

describe("an engine that cannot be used", () => {
  it.each([
    ["echo 'Error: no service' >&2; exit 1", "docker does not work: Error: no service"],
    ["exec sleep 60", "docker does not work: no answer in time"],
  ])("says why: %s", async (script, why) => {
    const programs = join(own.folder, "programs");
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, "docker"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${programs}:${process.env["PATH"]}`);
    const docker = Engine.find("docker", 1_000);
    vi.unstubAllEnvs();
    expect(await docker?.whyUnusable()).toBe(why);
  });
});
