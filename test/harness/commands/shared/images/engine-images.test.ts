import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UsageError } from "../../../../../command-line/options.ts";
import { checkPlan } from "../../../../../harness/commands/local/check-plan.ts";
import { engineImages } from "../../../../../harness/commands/shared/images/engine-images.ts";
import { withoutNeeds } from "../../../../../harness/commands/shared/options/needs.ts";
import { localSettings } from "../../../../../harness/commands/shared/templates/local-settings.ts";
import { localOptions } from "../../../../../harness/commands/local/options.ts";
import { findImage, whyNoImages } from "../../../../../harness/ecs/index.ts";
import { definition, firstPlan, service } from "../../../ecs/terraform/saved/fixture.ts";

const why = await whyNoImages();

/** An engine with one image, whose files are a folder. It exports and creates nothing, and builds for a minute. */
const PODMAN = `#!/bin/sh
[ "$1" != info ] || exit 0
[ "$1" != build ] || { : >"$XDG_CACHE_HOME/building"; exec sleep 60; }
[ "$1 $2" = "image inspect" ] || exit 1
echo "$3" >>"$XDG_CACHE_HOME/asked"
case $3 in localhost/known:1) ;; *[A-Z]*) echo "Error: repository name must be lowercase" >&2; exit 125 ;; *) echo "Error: $3: image not known" >&2; exit 125 ;; esac
echo '[{"Id":"abc","Os":"linux","Architecture":"'$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')'","Config":{"Cmd":["sh"]}}]'
`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stub-"));
  writeFileSync(join(folder, "podman"), PODMAN, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  // The image's files are in the cache already.
  vi.stubEnv("XDG_CACHE_HOME", folder);
  mkdirSync(join(folder, "local-ecs/images/abc"), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe.runIf(why === undefined)("the images of a run", () => {
  it("are those that the options name, and those of the template that the engine has", async () => {
    const image = { app: "localhost/known:1", worker: "node worker.js", cache: "sh" };
    const references = ["localhost/known:1", "example.com/app:2", "example.com/other:1"];
    const { named, found, source } = await engineImages({ image }, references);
    expect(source).toEqual({ engine: "podman" });
    expect(Object.keys(named)).toEqual(["app"]);
    expect(Object.keys(found)).toEqual(["localhost/known:1"]);
    expect(named["app"]).toMatchObject({ command: ["sh"] });
    expect(named["app"]?.root).toContain("local-ecs/images/abc");
  });

  it("do not replace the command of --app", async () => {
    const plan = join(folder, "plan.json");
    const web = definition("web", { command: undefined, image: "localhost/known:1" });
    writeFileSync(plan, JSON.stringify(firstPlan(web, service("web"))));
    const image = async (...args: string[]) => {
      const { local } = await localSettings(localOptions(["--plan", plan, ...args]));
      return findImage(local.images, "localhost/known:1", "image");
    };
    expect(await image()).toMatchObject({ command: ["sh"] });
    expect(await image("--app", "node server.js")).toMatchObject({
      entryPoint: ["node", "server.js"],
    });
  });

  it("are looked up by names of the user and the plan alone", async () => {
    const plan = join(folder, "plan.json");
    const web = definition("web", { command: undefined, image: "example.com/web:1" });
    writeFileSync(plan, JSON.stringify(firstPlan(web, service("web"))));
    const asked = (...args: string[]) => ({ ...localOptions(["--plan", plan, ...args]), plan });
    expect((await checkPlan(asked())).needs).toMatchObject([{ option: "image", name: "web" }]);
    const replaced = asked("--container", "web/app=sleep 1000");
    expect(await checkPlan(replaced)).toMatchObject({ comesUp: true });
    await expect(withoutNeeds((needs) => localSettings(asked(), needs))).rejects.toThrow(
      "give one with --image web=COMMAND",
    );
    const words = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
    expect(new Set(words)).toEqual(new Set(["example.com/web:1"]));
  });

  it("that are missing are named, with the two ways out", async () => {
    const asked = engineImages({ image: { app: "localhost/none:1" } }, []);
    await expect(asked).rejects.toBeInstanceOf(UsageError);
    await expect(asked).rejects.toThrow(
      "option --image app: podman has no image localhost/none:1; fetch it with --pull, or give a command",
    );
  });
});

describe.runIf(why === undefined)("a build", () => {
  it("ends with the run", async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const asked = engineImages({ image: {}, build: { app: folder }, signal }, []);
    const thrown = asked.catch((error: unknown) => error);
    await expect.poll(() => existsSync(join(folder, "building"))).toBe(true);
    abort.abort();
    expect(await thrown).toMatchObject({ name: "AbortError" });
  });
});

it.runIf(why === undefined)("an engine that does not work is as none", async () => {
  writeFileSync(join(folder, "podman"), "#!/bin/sh\necho no service >&2\nexit 1\n");
  const reason = "podman does not work: no service";
  expect((await engineImages({ image: {} }, ["redis:8"])).source).toEqual({ why: reason });
  await expect(engineImages({ image: {}, build: { app: "." } }, [])).rejects.toThrow(
    `error: option --build: ${reason}`,
  );
  await expect(engineImages({ image: { app: "web:1" } }, [])).rejects.toThrow(
    `error: option --image app: image web:1 cannot be used: ${reason}`,
  );
});

it("an option that needs an engine is refused without one", async () => {
  vi.stubEnv("PATH", "/nowhere");
  await expect(engineImages({ image: {}, pull: true }, [])).rejects.toThrow(
    "error: option --pull: podman or docker is not installed",
  );
  expect((await engineImages({ image: {} }, ["redis:8"])).source).toEqual({
    why: "podman or docker is not installed",
  });
});
