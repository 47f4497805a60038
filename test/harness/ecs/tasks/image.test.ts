import { describe, expect, it } from "vitest";
import { argvOf, findImage, repositoryOf } from "../../../../harness/ecs/tasks/image.ts";

describe("repositoryOf", () => {
  it.each([
    ["redis", "redis"],
    ["redis:8", "redis"],
    ["host:5000/team/redis", "host:5000/team/redis"],
    ["host:5000/team/redis:8@sha256:abc", "host:5000/team/redis"],
  ])("of %s is %s", (image, repository) => {
    expect(repositoryOf(image)).toBe(repository);
  });
});

describe("findImage", () => {
  const [redis, app, teamApp] = [{ command: ["r"] }, { command: ["a"] }, { command: ["t"] }];
  const images = { redis, app, "team/app": teamApp };

  it("matches the end of the repository, the longest key first", () => {
    expect(findImage(images, "public.ecr.aws/docker/library/redis:8.0", "x")).toBe(redis);
    expect(findImage(images, "1.dkr.ecr.eu.amazonaws.com/team/app@sha256:1", "x")).toBe(teamApp);
    expect(findImage(images, "other/app", "x")).toBe(app);
  });

  it("refuses an unknown image with the existing keys", () => {
    expect(() => findImage(images, "my-redis:1", "task (redis)")).toThrow(
      "task (redis): image my-redis:1 has no local counterpart; images: redis, app, team/app",
    );
  });
});

describe("argvOf", () => {
  const image = { entryPoint: ["entry"], command: ["serve"] };
  it("uses entry point and command of the image unless the definition has its own", () => {
    expect(argvOf({ name: "a" }, image)).toEqual(["entry", "serve"]);
    expect(argvOf({ name: "a", command: ["x", "y"] }, image)).toEqual(["entry", "x", "y"]);
    expect(argvOf({ name: "a", entryPoint: [], command: [] }, image)).toEqual(["entry", "serve"]);
  });

  it("ignores the image's command if the definition has an entry point", () => {
    expect(argvOf({ name: "a", entryPoint: ["own"] }, image)).toEqual(["own"]);
  });

  it("names the container without a command", () => {
    expect(() => argvOf({ name: "a" }, {})).toThrow('container "a"');
  });
});
