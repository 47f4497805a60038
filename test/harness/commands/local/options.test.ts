import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readTemplate, startLocalEcs } from "../../../../harness/ecs/index.ts";
import { template as smallTemplate } from "../../ecs/fixture/template.ts";
import { environments } from "../../../../harness/commands/shared/environments.ts";
import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { UsageError } from "../../../../command-line/options.ts";
import { localOptions } from "../../../../harness/commands/local/options.ts";
import { checkFiles } from "../../../../harness/commands/shared/options/options.ts";
import { asOptionError } from "../../../../harness/commands/shared/options/option-errors.ts";

describe("the options of npm run local", () => {
  it("are an environment or a template, and values by name", () => {
    expect(localOptions(["dev", "--app", "node server.js"])).toMatchObject({
      env: "dev",
      app: "node server.js",
      image: {},
    });
    const args = ["--template", "package.json", "--image", "a=x y", "--image", "b=FOO=1 z"];
    const options = localOptions(args);
    expect(options).toMatchObject({ template: "package.json", image: { a: "x y", b: "FOO=1 z" } });
    expect(options.env).toBeUndefined();
  });

  it.each([[[]], [["dev", "--template", "package.json"]]])(
    "%j is refused: exactly one source is needed",
    (args) => {
      expect(() => localOptions(args)).toThrow(/an environment \(dev, stg, prod\)/);
    },
  );
});

describe("a file that cannot be read", () => {
  it.each(["template", "plan"])("is a usage error: --%s", (option) => {
    const error = thrown(() => checkFiles({ [option]: "/none.json" }));
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(`error: option --${option}: cannot read /none.json: ENOENT`);
  });
});

describe("an error of the local ECS", () => {
  it("names the option that gives a parameter", async () => {
    const { template } = environmentSetup("prod", { environments }).local;
    const error = await readTemplate(template, { parameters: {}, drawn: new Map() }).catch(
      asOptionError,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(
      /"\/prod\/app\/image" has no .*--parameter \/prod\/app\/image=TEXT$/,
    );
  });

  it("names the option for a user's id", async () => {
    const image = { command: ["true"] };
    const error = await startLocalEcs({
      template: smallTemplate({ appContainer: { user: "node" } }),
      images: { app: image, redis: image },
    }).catch(asOptionError);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain("--user node=1000:1");
  });

  it("is unchanged if no option helps", () => {
    const error = new Error("the local ECS has been closed");
    expect(asOptionError(error)).toBe(error);
  });
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** Node.js 20 has an option of that name, which it finds behind its script, too. */
it.each(["local", "start", "playground"])(
  "npm run %s gets --env-file, and Node.js does not",
  async (script) => {
    const words = ["--plan", "/nowhere.json", "--env-file", "a.env=/nowhere.env"];
    const args = ["run", "--silent", script, "--", ...words];
    const running = promisify(execFile)("npm", args, { cwd: ROOT });
    const error = await running.catch((failed: { stderr: string }) => failed);
    expect(error.stderr).toMatch(/^error: .*cannot read \/nowhere.json/);
  },
);
