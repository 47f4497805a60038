import { distributions, findCommand, findFirstCommand } from "./operating-system.ts";
import type { OperatingSystem } from "./operating-system.ts";

/** The Debian package of a program. */
export interface DebianPackage {
  readonly package: string;
  /** Debian-based distributions without the package. */
  readonly unavailableIn: readonly string[];
  /** Temporary files for the installation: content by path. They are removed after it. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A program that the harness or its tests need, and how to install it. */
export interface Program {
  /** The name in messages: "A real Redis is needed". */
  readonly title: string;
  /** The environment variable that overrides PATH. */
  readonly variable: string;
  /** Names of the command, the preferred one first. */
  readonly commands: readonly string[];
  /**
   * Folders to search after PATH. `*` is any folder name; the highest number comes first.
   * @default none
   */
  readonly folders?: readonly string[];
  readonly debian: DebianPackage;
  /** The command that installs it as root, by distribution. */
  readonly installCommands: Readonly<Record<string, string>>;
  /** The command for macOS, and the text for other systems. */
  readonly otherwise: { readonly darwin: string; readonly unknown: string };
}

const UPDATE_TIMEOUT = 120_000;
const INSTALL_TIMEOUT = 240_000;

/**
 * The path of a program: the value of its variable, else the first of its commands on PATH. If it is missing,
 * it is installed with apt-get within 6 minutes, and one line says so. That requires root, and Debian or a
 * Debian-based distribution with the package.
 * @throws an error with the command to run, if the program is missing and cannot be installed
 */
export async function findProgram(program: Program, system: OperatingSystem): Promise<string> {
  const found = findInstalled(program, system);
  if (found !== undefined) return found;
  if (!canInstall(program, system)) throw missing(program, system);
  system.say(
    `No ${program.commands[0]} found: installing it with apt-get (and starting no service).`,
  );
  try {
    await install(program, system);
  } catch (error) {
    throw missing(program, system, error);
  }
  const installed = findInstalled(program, system);
  if (installed === undefined) throw missing(program, system);
  return installed;
}

/**
 * The path of a program, as {@link findProgram} has it. It installs nothing.
 * @throws an error with the command to run, if the program is missing
 */
export function findWithoutInstalling(program: Program, system: OperatingSystem): string {
  const found = findInstalled(program, system);
  if (found === undefined) throw missing(program, system);
  return found;
}

function findInstalled(program: Program, system: OperatingSystem): string | undefined {
  const { variable, commands, folders = [] } = program;
  const named = system.env[variable] ?? "";
  if (named === "") {
    return findFirstCommand(system, commands) ?? findIn(system, folders, commands);
  }
  const path = findCommand(system, named);
  if (path !== undefined) return path;
  throw new Error(
    `${variable} is "${named}", which is not an executable file; allowed: the path of a ` +
      `${oneOf(commands)}, or its name on PATH. Unset, PATH is searched.`,
  );
}

function findIn(
  system: OperatingSystem,
  folders: readonly string[],
  commands: readonly string[],
): string | undefined {
  return folders
    .flatMap((folder) => expand(system, folder))
    .flatMap((folder) => commands.map((command) => `${folder}/${command}`))
    .find((path) => system.isExecutable(path));
}

/** The folders that match a pattern with at most one `*`. */
function expand(system: OperatingSystem, folder: string): string[] {
  const [above = "", below] = folder.split("/*");
  if (below === undefined) return [folder];
  const versions = system
    .list(above)
    .toSorted((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  return versions.map((version) => `${above}/${version}${below}`);
}

function canInstall({ debian }: Program, system: OperatingSystem): boolean {
  const names = system.platform === "linux" ? distributions(system.osRelease) : [];
  const hasPackage =
    names.includes("debian") && !names.some((name) => debian.unavailableIn.includes(name));
  return hasPackage && system.isRoot && findCommand(system, "apt-get") !== undefined;
}

async function install({ debian }: Program, system: OperatingSystem): Promise<void> {
  // The package of a server would start the server. policy-rc.d prevents that on Debian (see invoke-rc.d(8)).
  // An existing file is kept.
  const files = { "/usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n", ...debian.settings };
  const remove = Object.entries(files).map(([path, text]) => system.putScript(path, text));
  try {
    const wait = ["-o", "DPkg::Lock::Timeout=120"];
    await system.run("apt-get", [...wait, "update"], UPDATE_TIMEOUT);
    const options = ["-y", "--no-install-recommends"];
    const args = [...wait, "install", ...options, debian.package];
    await system.run("apt-get", args, INSTALL_TIMEOUT);
  } finally {
    for (const each of remove) each();
  }
}

function missing(program: Program, system: OperatingSystem, cause?: unknown): Error {
  const { title, commands, variable } = program;
  const [command = ""] = commands;
  const reason =
    cause instanceof Error ? `Installing ${command} failed: ${lastLine(cause.message)}. ` : "";
  return new Error(
    `${reason}A real ${title} is needed, and ${noneOf(commands)} on PATH. ` +
      `Run: ${installCommand(program, system)} (or set ${variable} to the path of a ${command}).`,
    { cause },
  );
}

function installCommand(
  program: Program,
  { platform, osRelease, isRoot }: OperatingSystem,
): string {
  if (platform === "darwin") return program.otherwise.darwin;
  const command = distributions(osRelease)
    .map((name) => program.installCommands[name])
    .find((known) => known !== undefined);
  if (command === undefined) return program.otherwise.unknown;
  return isRoot ? command : `sudo ${command}`;
}

/** Formats as `a`, `a, b or c`. */
const oneOf = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" or ");

/** Formats as `no a is`, `neither a nor b is`, `none of a, b or c is`. */
function noneOf(names: readonly string[]): string {
  if (names.length === 1) return `no ${oneOf(names)} is`;
  if (names.length === 2) return `neither ${names.join(" nor ")} is`;
  return `none of ${oneOf(names)} is`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
