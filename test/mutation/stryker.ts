import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { installOnDemand } from "../support/on-demand.ts";
import type { Part } from "./parts.ts";
import type { Report } from "./report.ts";

const ROOT = join(import.meta.dirname, "../..");

const CONFIG = "test/mutation/vitest.config.ts";
const COPIED = ["runtime/src", "stacks", "harness", "test"];

/** 9.6 is the last that runs on Node.js 20. 64 MB, so it is no dependency of the repository. */
export const VERSION = "9.6.0";

/** Installs Stryker, and gives its folder. */
export function installStryker(): Promise<string> {
  return installOnDemand({
    name: "mutation",
    packages: { "@stryker-mutator/core": VERSION, "@stryker-mutator/vitest-runner": VERSION },
  });
}

/**
 * Makes the mutants of a part one by one, and runs the tests that cover each.
 *
 * @param folder of Stryker
 * @param isFresh false: a mutant whose source and tests have not changed keeps its last result
 * @throws when the run fails
 */
export async function runStryker(folder: string, part: Part, isFresh: boolean): Promise<Report> {
  const name = `${part.folder}/${part.files[0]}`.replaceAll("/", "-");
  const path = (kind: string): string => join(folder, `${name}.${kind}.json`);
  const [report, incrementalFile, config] = [path("report"), path("incremental"), path("config")];
  for (const old of isFresh ? [report, incrementalFile] : [report]) rmSync(old, { force: true });
  const options = { ...optionsOf(part), jsonReporter: { fileName: report }, incrementalFile };
  writeFileSync(config, JSON.stringify(options));
  const templates = join(folder, "templates");
  const env = { MUTATION_TESTS: part.tests.join(";"), MUTATION_TEMPLATES: templates };
  if (part.needsTemplates === true) await keepTemplates(templates, env);
  await run(
    join(folder, "node_modules/@stryker-mutator/core/bin/stryker.js"),
    ["run", config],
    env,
  );
  return onlyOf(part, JSON.parse(readFileSync(report, "utf8")) as Report);
}

/** Runs the tests once without Stryker: what they synthesize is kept for the mutants. */
async function keepTemplates(folder: string, env: Environment): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ["run", "--config", CONFIG, "--root", ROOT];
  await run(join(ROOT, "node_modules/vitest/vitest.mjs"), args, { ...env, MUTATION_KEEPS: "1" });
}

function optionsOf({ folder, files }: Part) {
  return {
    mutate: files.map((file) => `${folder}/${file}`),
    plugins: ["@stryker-mutator/vitest-runner"],
    testRunner: "vitest",
    vitest: { configFile: CONFIG, related: false },
    coverageAnalysis: "perTest",
    incremental: true,
    // A copy of what the tests read; node_modules is linked into it.
    ignorePatterns: ["**", "!package.json", ...COPIED.map((each) => `!${each}/**`)],
    tempDirName: ".stryker-tmp",
    // It would be read through an interface that TypeScript 7 does not have. No file has this name.
    tsconfigFile: "none.json",
    concurrency: 1,
    reporters: ["progress-append-only", "json"],
    allowConsoleColors: false,
  };
}

/** Without results of earlier runs about other files. */
function onlyOf({ folder, files }: Part, report: Report): Report {
  const isOwn = ([path]: readonly [string, unknown]): boolean =>
    files.some((file) => path === `${folder}/${file}`);
  return { files: Object.fromEntries(Object.entries(report.files).filter(isOwn)) };
}

type Environment = Readonly<Record<string, string>>;

async function run(program: string, args: readonly string[], env: Environment): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // Its stdout is about its own work; ours is the survivors.
    stdio: ["ignore", 2, 2],
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${basename(program)} failed, see above`);
}
