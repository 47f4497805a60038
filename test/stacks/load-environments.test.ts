import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../stacks/config/config-error.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "environments-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Output and exit code of a command. */
function run(command: string, ...args: string[]): [code: number | null, err: string] {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", command, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    timeout: 60_000,
  });
  return [status, stderr.replaceAll(folder, "")];
}

describe("an environments.ts", { timeout: 120_000 }, () => {
  it("with a syntax error is refused with file, line and column", () => {
    const text = 'export const environments = {\n  dev: { account: "1" region: "" },\n};\n';
    expect(run("stacks/gate/main.ts", file("broken.ts", text), "plan.json")).toEqual([
      2,
      'error: /broken.ts:2:23: Expected "}" but found "region"\n',
    ]);
  });

  it("without the export is refused with one line", async () => {
    const empty = file("empty.ts", "export {};\n");
    const message = `${empty} exports no environments`;
    await expect(loadEnvironments(empty)).rejects.toThrow(
      new ConfigError("ERR_CONFIG_INVALID", message),
    );
  });

  it("must be passed as an argument", async () => {
    await expect(loadEnvironments(undefined)).rejects.toThrow(
      "missing argument: the path of environments.ts",
    );
  });

  it("with an invalid field is refused by npm run gate", () => {
    const wrong = file("wrong.ts", "export const environments = { dev: 1 };\n");
    const [code, err] = run("stacks/gate/main.ts", wrong, "plan.json");
    expect(code).toBe(2);
    expect(err).toMatch(/^error: environments\.ts has 1 problem:\n {2}dev: got 1; allowed: .*\n$/);
  });
});
