import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { layOutPackage } from "./packed.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MODULES = join(ROOT, "node_modules");
/** Milliseconds; far longer than packing and compiling take. */
export const PATIENCE = 60_000;

const OPTIONS = {
  target: "es2023",
  lib: ["es2023"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

/** The peers that have more than one version here, by the name under which the newest is installed. */
const NEWEST = {
  ioredis: "ioredis",
  mysql2: "mysql2",
  pg: "pg",
  undici: "undici",
};

/** What else their code may import. */
const INSTALLED = [
  "@types/node",
  "@types/pg",
  "@aws-sdk",
  "@opentelemetry",
  "bullmq",
  "prom-client",
  "redis",
];

export interface ProjectOptions {
  /** Files by name. */
  readonly sources: Readonly<Record<string, string>>;
  /** The names in node_modules of the peers that it has. @default the newest of each */
  readonly peers?: Readonly<Partial<typeof NEWEST>>;
  /** Compiler options for the resolution of modules. @default Node's */
  readonly resolution?: object;
}

/** Users' projects in TypeScript, beside the package as it is installed. */
export class UserProjects {
  readonly #folder = mkdtempSync(join(tmpdir(), "srv-dialer-types-"));

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The compiler's errors about a project; empty when it finds none. */
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

/** Snippets as files of a project, each a module whether it imports something or not. */
export function snippetFiles(snippets: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    snippets.map((snippet, at) => [`snippet-${at}.ts`, `${snippet}export {};\n`]),
  );
}

/** The errors of a run of the compiler. */
export async function tsc(args: readonly string[], cwd: string): Promise<string> {
  const compiler = join(MODULES, "typescript/bin/tsc");
  // Its four checkers each work out the types that they share: two thirds more CPU, which other tests need.
  const one = ["--checkers", "1"];
  const run = promisify(execFile)(process.execPath, [compiler, ...args, ...one], {
    cwd,
    timeout: PATIENCE,
  });
  // The compiler tells its errors on stdout, and then exits with 1.
  const { stdout } = await run.catch((error: { stdout: string; message: string }) => ({
    stdout: error.stdout === "" ? error.message : error.stdout,
  }));
  return stdout;
}
