import { spawn, spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { LocalImage } from "../../../../../harness/ecs/index.ts";
import {
  shell,
  localImages,
  type LocalImageOptions,
} from "../../../../../harness/commands/shared/images/local-images.ts";

const REDIS = "public.ecr.aws/docker/library/redis";
const APP = "1.dkr.ecr.eu-central-1.amazonaws.com/games/server";
const app: LocalImage = { command: ["app"] };
const other: LocalImage = { command: ["other"] };

const given = (options: Partial<LocalImageOptions> = {}): LocalImageOptions => ({
  named: {},
  app,
  isAppGiven: true,
  ...options,
});

describe("local images", () => {
  it("use the app for the only image that is neither named nor Redis", () => {
    const { images, redis } = localImages([REDIS, APP], given());
    expect(images[APP]).toBe(app);
    expect(images[REDIS]?.entryPoint).toEqual(["docker-entrypoint.sh"]);
    expect([...redis]).toEqual([REDIS]);
  });

  it("prefer the user's images to the known ones, also for Redis", () => {
    const known = { [REDIS]: other, [APP]: app };
    const named = { redis: { command: ["mine"] }, server: { command: ["short"] } };
    const longer = { ...named, "games/server": { command: ["long"] } };
    const { images, redis } = localImages([REDIS, APP], {
      ...given({ named: longer, known }),
      isAppGiven: false,
    });
    expect(images).toEqual({ [REDIS]: named.redis, [APP]: longer["games/server"] });
    expect(redis.size).toBe(0);
  });

  it("recognize the Redis of an environment by any name", () => {
    const [own, parameter] = ["registry.example/cache", "registry.example/released"];
    const { images, redis } = localImages([own, parameter], given({ known: { [own]: other } }));
    expect([...redis]).toEqual([own]);
    expect(images[parameter]).toBe(app);
  });

  it("pass the user's ids to Redis", () => {
    const { images } = localImages([REDIS], given({ isAppGiven: false, users: { ours: "7:7" } }));
    expect(images[REDIS]?.users).toEqual({ redis: "999:999", valkey: "999:999", ours: "7:7" });
  });

  it.each<[string, readonly string[], Partial<LocalImageOptions>, RegExp]>([
    ["several images may be the app", ["a", "b"], {}, /a, b.*--image NAME=COMMAND/],
    [
      "one image remains beside a known app",
      [APP, "sidecar"],
      { known: { [APP]: app } },
      /sidecar.*--image NAME=COMMAND/,
    ],
    ["no image remains for the app", [APP], { named: { server: other } }, /--app: .*server/],
  ])("are refused if %s", (_why, repositories, options, message) => {
    expect(() => localImages(repositories, given(options))).toThrow(message);
  });
});

describe("a command", () => {
  it.each([
    ['FOO=1 BAR="a b" printenv FOO BAR', "1\na b\n"],
    ["pwd", `${realpathSync(tmpdir())}\n`],
    ["echo one; echo two", "one\ntwo\n"],
  ])("%s runs as in a shell", (line, output) => {
    expect(runs(shell(line, tmpdir())).stdout).toBe(output);
  });

  it.each(["echo", "FOO=1 printenv FOO; echo", 'echo "$FOO"'])(
    "%s gets the arguments of the definition",
    (line) => {
      const more = line.includes(";") ? `${line} "$@"` : line;
      expect(runs(shell(more, tmpdir()), ["a b", "c"]).stdout).toMatch(/a b c\n$/);
    },
  );

  it.each(["sleep 60", "FOO=1 sleep 60"])("%s replaces the shell", async (line) => {
    const [program = "", ...args] = shell(line, tmpdir()).entryPoint ?? [];
    const child = spawn(program, args, { stdio: "ignore" });
    try {
      const name = (): string => readFileSync(`/proc/${child.pid}/comm`, "utf8").trim();
      await expect.poll(name, { interval: 10 }).toBe("sleep");
    } finally {
      child.kill("SIGKILL");
    }
  });
});

function runs(
  { entryPoint = [], workingDirectory: cwd }: LocalImage,
  command: readonly string[] = [],
): { stdout: string } {
  const [program = "", ...args] = [...entryPoint, ...command];
  return spawnSync(program, args, { cwd, encoding: "utf8", timeout: 60_000 });
}
