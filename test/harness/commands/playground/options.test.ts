import { expect, test } from "vitest";
import { UsageError } from "../../../../command-line/options.ts";
import { playgroundOptions } from "../../../../harness/commands/playground/options.ts";
import { playgroundSettings } from "../../../../harness/commands/playground/settings.ts";
import type { Template } from "../../../../harness/plays/setups/template.ts";
import { recorded } from "../../ecs/terraform/saved/fixture.ts";

test("without arguments, dev and the old setup run, on any port", () => {
  const all = { environment: "dev", setups: ["new", "old"], port: 0, plan: undefined };
  expect(playgroundOptions([])).toMatchObject(all);
});

test.each(["new", "old"])("--only %s runs only that setup", async (only) => {
  const options = playgroundOptions(["stg", "--only", only, "--seed", "7"]);
  expect(options).toMatchObject({ environment: "stg", setups: [only], seed: 7 });
  const { setups, users } = await playgroundSettings(options);
  expect(setups.map(({ id }) => id)).toEqual([only]);
  expect(users).toBeUndefined();
});

test.each([
  [["--only", "both"], "Allowed choices are new, old"],
  [["--app", " "], "--app: expected a command"],
  [["--path", "/"], "--path: "],
  [["--app", "x", "--path", "guests"], '--path: expected a path that begins with /, got "guests"'],
  [["--port", "70000"], "Allowed: a whole number from 0 to 65535"],
  [["nowhere"], "Allowed choices are dev, stg, prod"],
  [["stg", "--plan", "a.json"], "[env]: stg: "],
  [["--plan", "a.json", "--only", "new"], "--only: "],
  [["--yes"], "option --yes: "],
])("%j is refused: %s", (args, message) => {
  expect(() => playgroundOptions(args)).toThrow(UsageError);
  expect(() => playgroundOptions(args)).toThrow(message);
});

test("the user's app runs in both setups, with its health check, variables and secrets", async () => {
  const options = playgroundOptions(["prod", "--app", "PORT=1 ./server"]);
  const { setups, users, ownApp } = await playgroundSettings(options);
  expect([users, ownApp]).toEqual([{ path: "/healthz" }, "PORT=1 ./server"]);
  const [fresh, old] = setups.map(({ setup }) => setup.local.images);
  const app = old?.["app"];
  expect(app?.entryPoint).toEqual(["sh", "-c", 'exec env PORT=1 ./server "$@"', "sh"]);
  const programs = Object.values(fresh ?? {}).map(({ entryPoint }) => entryPoint);
  expect(programs).toContainEqual(app?.entryPoint);
  expect(app?.environment).toMatchObject({ API_KEY: "local API_KEY" });
});

test("users of the given app request --path; the old setup's health check keeps its path", async () => {
  const options = playgroundOptions(["--app", "./server", "--path", "/readyz?deep"]);
  const { setups, users } = await playgroundSettings(options);
  expect(users).toEqual({ path: "/readyz?deep" });
  const old = setups.find(({ id }) => id === "old")?.setup.local.template as Template;
  expect(old.resource["aws_lb_target_group"]).toMatchObject({
    app: { health_check: { path: "/healthz", matcher: "200" } },
  });
});

test.each([
  ["handwritten-together.plan", "old", undefined],
  ["handwritten-split.plan", "new", "/readyz"],
])("a plan, %s, runs alone, as the %s setup", async (name, id, path) => {
  const own = path === undefined ? [] : ["--app", "node server.js", "--path", path];
  const options = playgroundOptions(["--plan", recorded(name), ...own]);
  const { setups, users, isPlan, summary, environment } = await playgroundSettings(options);
  expect(setups.map((each) => each.id)).toEqual([id]);
  expect(users?.path).toBe(path);
  expect([isPlan, environment]).toEqual([true, name.replace(".plan", "")]);
  expect(summary).toContain("Redis: dev-");
});
