import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { layOutPackage } from "./packed.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MODULES = join(ROOT, "node_modules");
/** Timeout of packing and compiling, in ms. */
export const PATIENCE = 60_000;

const OPTIONS = {
  target: "es2023",
  lib: ["es2023"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

/** Peers with several installed versions, by the name of the newest. */
const NEWEST = {
  ioredis: "ioredis",
  mysql2: "mysql2",
  pg: "pg",
  undici: "undici",
};

/** Other packages that snippets import. */
const INSTALLED = ["@types/node", "@types/pg", "@aws-sdk", "@opentelemetry", "bullmq", "redis"];

export interface ProjectOptions {
  /** Files by name. */
  readonly sources: Readonly<Record<string, string>>;
  /** Names of its peers in node_modules. @default the newest of each */
  readonly peers?: Readonly<Partial<typeof NEWEST>>;
  /** Compiler options for module resolution. @default those of Node.js */
  readonly resolution?: object;
}

/** TypeScript projects of users, with the installed package. */
export class UserProjects {
  readonly #folder = mkdtempSync(join(tmpdir(), "srv-dialer-types-"));

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The compiler's errors in a project; empty without errors. */
  async compile({
    sources,
    peers = {},
    resolution = { module: "nodenext" },
  }: ProjectOptions): Promise<string> {
    const home = mkdtempSync(join(this.#folder, "project-"));
    const modules = join(home, "node_modules");
    mkdirSync(join(modules, "@types"), { recursive: true });
    layOutPackage(join(modules, "srv-dialer"));
    for (const [name, installed] of Object.entries({ ...NEWEST, ...peers })) {
      mkdirSync(join(modules, name, ".."), { recursive: true });
      symlinkSync(join(MODULES, installed), join(modules, name));
    }
    for (const name of INSTALLED) {
      symlinkSync(join(MODULES, name), join(modules, name));
    }
    writeFileSync(join(home, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(home, name), text);
    const files = Object.keys(sources);
    const config = { compilerOptions: { ...OPTIONS, ...resolution }, files };
    writeFileSync(join(home, "tsconfig.json"), JSON.stringify(config));
    return tsc(["-p", "."], home);
  }
}

/** Snippets as files of a project. `export {}` makes each a module. */
export function snippetFiles(snippets: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    snippets.map((snippet, at) => [`snippet-${at}.ts`, `${snippet}export {};\n`]),
  );
}

/** Runs the compiler. @returns its errors */
export async function tsc(args: readonly string[], cwd: string): Promise<string> {
  const compiler = join(MODULES, "typescript/bin/tsc");
  // By default four checkers run, and each computes the shared types: two thirds more CPU time.
  const one = ["--checkers", "1"];
  const run = promisify(execFile)(process.execPath, [compiler, ...args, ...one], {
    cwd,
    timeout: PATIENCE,
  });
  // The compiler prints errors on stdout and exits with 1.
  const { stdout } = await run.catch((error: { stdout: string; message: string }) => ({
    stdout: error.stdout === "" ? error.message : error.stdout,
  }));
  return stdout;
}
