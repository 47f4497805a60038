import { execFile } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

/** The functions of an operating system that find, install and run programs. Tests replace them. */
export interface OperatingSystem {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly isRoot: boolean;
  /** Content of /etc/os-release; empty if it does not exist. */
  readonly osRelease: string;
  readonly isExecutable: (path: string) => boolean;
  /** The names in a folder; none if it does not exist. */
  readonly list: (folder: string) => string[];
  /** Runs a command. Rejects if it fails or does not end within `timeout` ms. */
  readonly run: (command: string, args: readonly string[], timeout: number) => Promise<void>;
  /** Writes an executable file and its folder, unless it exists. Returns a function that removes it. */
  readonly putScript: (path: string, text: string) => () => void;
  /** Prints a line for the user. */
  readonly say: (line: string) => void;
}

/** The path of a command: `name` itself if it is a path, else the first of that name on PATH. */
export function findCommand(system: OperatingSystem, name: string): string | undefined {
  if (name.includes("/")) return system.isExecutable(name) ? name : undefined;
  return (system.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((path) => system.isExecutable(path));
}

/** The path of the first command that exists. */
export const findFirstCommand = (
  system: OperatingSystem,
  names: readonly string[],
): string | undefined =>
  names.map((name) => findCommand(system, name)).find((path) => path !== undefined);

/** The distribution and those that it is based on, as named in os-release(5): `["ubuntu", "debian"]`. */
export function distributions(osRelease: string): string[] {
  const value = (key: string): string =>
    new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  return [value("ID"), ...value("ID_LIKE").split(" ")].filter((name) => name !== "");
}

/** The operating system of this process. */
export function thisSystem(): OperatingSystem {
  return {
    env: process.env,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    osRelease: readOsRelease(),
    isExecutable,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    run: async (command, args, timeout) => {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      await promisify(execFile)(command, args, { env, timeout, maxBuffer: 64 * 2 ** 20 });
    },
    putScript,
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

function putScript(path: string, text: string): () => void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o755, flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return () => {};
    throw error;
  }
  return () => {
    rmSync(path, { force: true });
  };
}
