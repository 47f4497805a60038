import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { localOptions } from "../../../../harness/commands/local/options.ts";

describe("the options of npm run local", () => {
  it.each([[[]], [["dev", "--template", "package.json"]]])(
    "%j is refused: exactly one source is needed",
    (args) => {
      expect(() => localOptions(args)).toThrow(/an environment \(dev, stg, prod\)/);
    },
  );

  it("has Terraform's own flags for a folder", () => {
    const args = ["--terraform", "infra", "-var", "a=b=c", "-var=d=e", "-var-file", "x.tfvars"];
    expect(localOptions([...args, "--var-file=y.tfvars"])).toMatchObject({
      terraform: "infra",
      var: { a: "b=c", d: "e" },
      varFile: ["x.tfvars", "y.tfvars"],
    });
  });

  it.each([
    [["dev", "-var", "a=b"], "option --var: needs --terraform"],
    [["dev", "--allow-provisioners"], "option --allow-provisioners: needs --terraform"],
    [["dev", "--check"], "option --check: needs --plan or --terraform"],
    [["--terraform", "x", "--plan", "y"], "--terraform FOLDER"],
    [["--terraform", "x", "--then", "y"], "option --then: not allowed with --terraform"],
  ])("%j is refused: %s", (args, message) => {
    expect(() => localOptions(args)).toThrow(message);
  });
});

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
