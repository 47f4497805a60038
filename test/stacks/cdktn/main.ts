import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { command, parse } from "../../../command-line/arguments.ts";
import { runProgram } from "../../../command-line/run-program.ts";
import { installOnDemand, onDemandFolder } from "../../support/on-demand.ts";
import { importsOfCdktf, renameImports, successors, withoutVersions } from "./rename.ts";

// `npm run cdktn:check`: renames the imports in a copy of the stacks, synthesizes with CDK Terrain, and compares the
// result with CDKTF's. It first installs the fork's packages, 480 MB, so it is a separate command.

const root = join(import.meta.dirname, "../../..");
/** Folder for the fork and the renamed sources. */
const folder = onDemandFolder("cdktn-check");
const copied = ["command-line", "stacks", "environments.ts", "test/stacks/support/roads.ts"];
const TIMEOUT = 300_000;

const program = command(
  "npm run cdktn:check --",
  "Installs CDK Terrain, synthesizes with it, and compares the result with CDKTF's.",
);

async function check(signal: AbortSignal): Promise<number> {
  const versions = Object.values(successors).map(({ name, version }) => [name, version] as const);
  await installOnDemand({ name: "cdktn-check", packages: Object.fromEntries(versions), signal });
  copySources();
  await run("tsc", join(root, "node_modules/.bin/tsc"), ["--noEmit", "-p", folder], signal);
  const own = await synthesized(root, "cdktf", signal);
  const renamed = await synthesized(folder, "cdktn", signal);
  let differing = 0;
  for (const [name, json] of own) {
    const isSame = renamed.get(name) === json;
    if (!isSame) differing += 1;
    console.log(`${isSame ? "same " : "OTHER"} ${name}, ${json.split("\n").length} lines`);
  }
  if (own.size !== renamed.size) differing += 1;
  console.log(
    differing === 0
      ? `CDK Terrain synthesizes the same on Node.js ${process.version}, except for its version and the provider's`
      : `compare ${join(folder, "cdktf.out")} and ${join(folder, "cdktn.out")}`,
  );
  return differing === 0 ? 0 : 1;
}

/** @throws if the sources still import CDKTF after the rename */
function copySources(): void {
  for (const path of copied) {
    rmSync(join(folder, path), { recursive: true, force: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  for (const file of copied.flatMap(typeScriptIn)) {
    const path = join(folder, file);
    const renamed = renameImports(readFileSync(path, "utf8"));
    const [left] = importsOfCdktf(renamed);
    if (left !== undefined) throw new Error(`${file} still imports ${left}`);
    writeFileSync(path, renamed);
  }
  const tsconfig = { extends: "../../../tsconfig.json", include: ["stacks", "*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
}

function typeScriptIn(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  const found = readdirSync(join(folder, path), { recursive: true, encoding: "utf8" });
  return found.filter((each) => each.endsWith(".ts")).map((each) => join(path, each));
}

/** The synthesized JSON of all environments, by name. */
async function synthesized(
  sources: string,
  library: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const outdir = join(folder, `${library}.out`);
  rmSync(outdir, { recursive: true, force: true });
  const source = `
    import { environments } from ${JSON.stringify(join(sources, "environments.ts"))};
    import { roads } from ${JSON.stringify(join(sources, "test/stacks/support/roads.ts"))};
    import { synthesize } from ${JSON.stringify(join(sources, "stacks/synthesize.ts"))};
    for (const all of [environments, roads]) synthesize(all, { outdir: ${JSON.stringify(outdir)} });
  `;
  // In the same folder, so that paths in the output are the same.
  const file = join(folder, `${library}.mts`);
  writeFileSync(file, source);
  await run(library, process.execPath, ["--import", import.meta.resolve("tsx"), file], signal);
  return new Map(
    readdirSync(join(outdir, "stacks"))
      .toSorted()
      .map((name) => {
        const json = readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8");
        return [name, withoutVersions(json)];
      }),
  );
}

async function run(
  what: string,
  executable: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await promisify(execFile)(executable, [...args], {
      signal,
      cwd: folder,
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
      timeout: TIMEOUT,
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${what} failed:\n${stdout}${stderr}`.trimEnd(), { cause: error });
  }
}

await runProgram(
  async (signal) => {
    parse(program, process.argv.slice(2));
    return check(signal);
  },
  [Error],
);
