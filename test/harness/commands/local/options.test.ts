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
