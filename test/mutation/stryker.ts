import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { globSync } from "tinyglobby";
import { installOnDemand } from "../support/on-demand.ts";
import { runNode } from "../support/run-node.ts";
import type { Subject } from "./parts.ts";
import type { Report } from "./report.ts";

const ROOT = join(import.meta.dirname, "../..");

const CONFIG = "test/mutation/vitest.config.ts";
/** Lines of comments: a change of them changes no result. */
const COMMENTS = /^ *(\/\/|\/\*\*|\*( |\/|$)).*\n/gm;
const COPIED = ["runtime/src", "stacks", "harness", "test"];

/** The copies of the sources that are changed. */
const COPIES = ".stryker-tmp";

/** 9.6 is the last that runs on Node.js 20. 64 MB, so it is no dependency of the repository. */
export const VERSION = "9.6.0";

interface RunOptions {
  /** False: the last report serves when no source and no test has changed since. */
  readonly isFresh: boolean;
  readonly signal: AbortSignal;
}

/** Installs Stryker, and gives its folder. */
export function installStryker(signal: AbortSignal): Promise<string> {
  return installOnDemand({
    name: "mutation",
    packages: { "@stryker-mutator/core": VERSION, "@stryker-mutator/vitest-runner": VERSION },
    signal,
  });
}

/**
 * Makes the mutants of a file one by one, and runs the tests that cover each.
 *
 * @param folder of Stryker
 * @throws when the run fails; the reason of `signal` when that aborts
 */
export async function runStryker(
  folder: string,
  subject: Subject,
  { isFresh, signal }: RunOptions,
): Promise<Report> {
  const name = subject.file.replaceAll("/", "-");
  const path = (kind: string): string => join(folder, `${name}.${kind}.json`);
  const [report, config] = [path(stateOf(subject)), path("config")];
  if (isFresh || !existsSync(report)) {
    for (const old of readdirSync(folder).filter((each) => each.startsWith(`${name}.`))) {
      rmSync(join(folder, old));
    }
    const options = { ...optionsOf(subject.file), jsonReporter: { fileName: report } };
    writeFileSync(config, JSON.stringify(options));
    const templates = join(folder, "templates");
    const env = { MUTATION_TESTS: subject.tests.join(";"), MUTATION_TEMPLATES: templates };
    if (subject.needsTemplates === true) await keepTemplates(templates, env, signal);
    const stryker = join(folder, "node_modules/@stryker-mutator/core/bin/stryker.js");
    try {
      await run([stryker, "run", config], env, signal);
    } finally {
      // After an interrupt it is still there.
      rmSync(join(ROOT, COPIES), { recursive: true, force: true });
    }
  }
  return JSON.parse(readFileSync(report, "utf8")) as Report;
}

/** Another one whenever a result may be another. Stryker's own incremental mode does not see that a test changed. */
function stateOf({ folder, file, tests }: Subject): string {
  const [part = ""] = folder.split("/");
  const hash = createHash("sha256").update(JSON.stringify([VERSION, optionsOf(file), tests]));
  const others = [part, `test/${part}`, "test/support", "test/mutation"].flatMap(sourcesIn);
  for (const path of [...others, ...globSync(tests, { cwd: ROOT })].toSorted()) {
    hash.update(path).update(readFileSync(join(ROOT, path), "utf8").replaceAll(COMMENTS, ""));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Without tests: which of them a subject has is said by its globs. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .filter((path) => !/(^|\/)(dist|node_modules|equivalent)\//.test(path))
    .map((path) => join(folder, path));
}

/** Runs the tests once without Stryker: what they synthesize is kept for the mutants. */
async function keepTemplates(folder: string, env: Environment, signal: AbortSignal): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", CONFIG, "--root", ROOT] as const;
  await run(args, { ...env, MUTATION_KEEPS: "1" }, signal);
}

function optionsOf(file: string) {
  return {
    mutate: [file],
    plugins: ["@stryker-mutator/vitest-runner"],
    testRunner: "vitest",
    vitest: { configFile: CONFIG, related: false },
    coverageAnalysis: "perTest",
    // A copy of what the tests read; node_modules is linked into it.
    ignorePatterns: ["**", "!package.json", ...COPIED.map((each) => `!${each}/**`)],
    tempDirName: COPIES,
    // It would be read through an interface that TypeScript 7 does not have. No file has this name.
    tsconfigFile: "none.json",
    concurrency: 1,
    // In ms, beside what the tests take: a mutant without an end.
    timeoutMS: 20_000,
    reporters: ["progress-append-only", "json"],
    allowConsoleColors: false,
  };
}

type Environment = Readonly<Record<string, string>>;

async function run(
  args: readonly [program: string, ...string[]],
  variables: Environment,
  signal: AbortSignal,
): Promise<void> {
  const code = await runNode(args, { variables, signal });
  if (code !== 0) throw new Error(`${basename(args[0])} failed, see above`);
}
