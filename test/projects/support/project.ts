import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { extractPackage } from "../../runtime/support/packed.ts";

const ROOT = join(import.meta.dirname, "../../..");
const TOOLS = join(import.meta.dirname, "..");
/** Timeout of a program, in ms; for a busy machine. */
export const TIMEOUT = 250_000;

/** Packages that the repository itself uses. */
const SHARED = [
  "@aws-sdk",
  "@types/node",
  "bullmq",
  "dns2",
  "esbuild",
  "ioredis",
  "iovalkey",
  "redis",
  "typescript",
  "vitest",
];

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A project outside of the repository: `node_modules` has the packed packages, their peers and the tools. */
export class Project implements AsyncDisposable {
  readonly #folder: string;
  readonly #redis: Redis;

  private constructor(folder: string, redis: Redis) {
    this.#folder = folder;
    this.#redis = redis;
  }

  /** @param files by name */
  static async create(files: Readonly<Record<string, string>>): Promise<Project> {
    const folder = mkdtempSync(join(tmpdir(), "srv-dialer-project-"));
    const modules = join(folder, "node_modules");
    const homes = [join(modules, "srv-dialer"), join(modules, "local-ecs")] as const;
    await extractPackage(process.env["PACKED"] ?? "", homes[0]);
    await extractPackage(process.env["PACKED_LOCAL_ECS"] ?? "", homes[1]);
    const tools = manifestIn(TOOLS);
    const own = { ...tools.dependencies, ...tools.optionalDependencies };
    const needed = homes.flatMap((home) => Object.keys(manifestIn(home).dependencies ?? {}));
    const shared = new Set([...SHARED, ...needed]);
    for (const [from, names] of [
      [TOOLS, Object.keys(own)],
      [ROOT, [...shared]],
    ] as const) {
      for (const name of names) {
        mkdirSync(dirname(join(modules, name)), { recursive: true });
        symlinkSync(join(from, "node_modules", name), join(modules, name));
      }
    }
    mkdirSync(join(modules, ".bin"));
    symlinkSync("../local-ecs/dist/command.js", join(modules, ".bin/local-ecs"));
    const project = new Project(folder, await startRedis());
    project.write({ "package.json": '{ "private": true }', ...files });
    return project;
  }

  /** The packages that srv-dialer does not contain. */
  get external(): string[] {
    const { dependencies, peerDependencies } = manifestIn(this.#path("node_modules/srv-dialer"));
    return Object.keys({ ...dependencies, ...peerDependencies });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.#path(name)), { recursive: true });
      writeFileSync(this.#path(name), text);
    }
  }

  /** Runs a script with Node.js. @param script a file of the project, such as `node_modules/jest/bin/jest.js` */
  node(script: string, ...args: readonly string[]): Promise<string> {
    return this.run(process.execPath, script, ...args);
  }

  /** @returns what the program writes to stdout; rejects with all that it writes if its exit code is not 0 */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const { PATH, REDIS_SERVER } = process.env;
    const env = {
      PATH,
      REDIS_SERVER,
      HOME: this.#folder,
      REDIS_PORT: String(this.#redis.port),
      DENO_DIR: this.#path("deno"),
    };
    const options = { cwd: this.#folder, env, timeout: TIMEOUT };
    try {
      return (await promisify(execFile)(program, args, options)).stdout;
    } catch (error) {
      const { message, stdout } = error as { message: string; stdout: string };
      throw new Error(`${message}\n${stdout}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#redis.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
