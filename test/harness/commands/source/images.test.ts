import { spawn, spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { LocalImage } from "../../../../harness/ecs/index.ts";
import {
  shell,
  localImages,
  type LocalImageOptions,
} from "../../../../harness/commands/source/images.ts";

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
  it("take the image that no one named and that is no Redis for the app, whatever it is called", () => {
    const { images, redis } = localImages([REDIS, APP], given());
    expect(images[APP]).toBe(app);
    expect(images[REDIS]?.entryPoint).toEqual(["docker-entrypoint.sh"]);
    expect([...redis]).toEqual([REDIS]);
  });

  it("let the user's names replace those that are known, Redis' too", () => {
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

  it("know Redis of an environment by whatever name it has", () => {
    const [own, parameter] = ["registry.example/cache", "registry.example/released"];
    const { images, redis } = localImages([own, parameter], given({ known: { [own]: other } }));
    expect([...redis]).toEqual([own]);
    expect(images[parameter]).toBe(app);
  });

  it("give Redis the users that the user names", () => {
    const { images } = localImages([REDIS], given({ isAppGiven: false, users: { ours: "7:7" } }));
    expect(images[REDIS]?.users).toEqual({ redis: "999:999", valkey: "999:999", ours: "7:7" });
  });

  it.each<[string, readonly string[], Partial<LocalImageOptions>, RegExp]>([
    ["several may be the app", ["a", "b"], {}, /which of a, b is the app\? .*--image NAME=COMMAND/],
    [
      "one is left beside an app that is known",
      [APP, "sidecar"],
      { known: { [APP]: app } },
      /what is sidecar here\? .*--image NAME=COMMAND/,
    ],
    ["none is left for the app", [APP], { named: { server: other } }, /--app: .*server none is/],
  ])("are refused where %s", (_why, repositories, options, message) => {
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

  it.each(["sleep 60", "FOO=1 sleep 60"])("%s takes the shell's place", async (line) => {
    const [program = "", ...args] = shell(line, tmpdir()).command ?? [];
    const child = spawn(program, args, { stdio: "ignore" });
    try {
      const name = (): string => readFileSync(`/proc/${child.pid}/comm`, "utf8").trim();
      await expect.poll(name, { interval: 10 }).toBe("sleep");
    } finally {
      child.kill("SIGKILL");
    }
  });
});

function runs({ command = [], workingDirectory: cwd }: LocalImage): { stdout: string } {
  const [program = "", ...args] = command;
  return spawnSync(program, args, { cwd, encoding: "utf8", timeout: 10_000 });
}
