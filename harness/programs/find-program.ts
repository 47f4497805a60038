import { distributions, findCommand, findFirstCommand } from "./operating-system.ts";
import type { OperatingSystem } from "./operating-system.ts";

/** A program that tests need from the system, and how one gets it. */
export interface Program {
  /** What it is called in messages: "A real Redis is needed". */
  readonly title: string;
  /** The variable that names another than the one on PATH. */
  readonly variable: string;
  /** Names of its commands, the preferred one first. */
  readonly commands: readonly string[];
  /** Its package in Debian, and those like Debian that lack it. */
  readonly debian: { readonly package: string; readonly lackedBy: readonly string[] };
  /** The one command that installs it, by distribution, where root has to run it. */
  readonly installCommands: Readonly<Record<string, string>>;
  /** The same for macOS, and what to run where none of these is known. */
  readonly otherwise: { readonly darwin: string; readonly unknown: string };
}

const UPDATE_TIMEOUT = 120_000;
const INSTALL_TIMEOUT = 240_000;

/**
 * The path of a program: what its variable names, else the first of its commands on PATH. On Debian and
 * those like it that have the package it is installed with apt-get when there is none and the user is
 * root, within 6 minutes, saying so in one line.
 *
 * @throws an error with the one command to run, where it is missing and cannot be installed.
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

function findInstalled(program: Program, system: OperatingSystem): string | undefined {
  const { variable, commands } = program;
  const named = system.env[variable] ?? "";
  if (named === "") return findFirstCommand(system, commands);
  const path = findCommand(system, named);
  if (path !== undefined) return path;
  throw new Error(
    `${variable} is "${named}", which is no executable file; allowed: the path of a ` +
      `${oneOf(commands)}, or its name on PATH. Unset, PATH is searched.`,
  );
}

function canInstall({ debian }: Program, system: OperatingSystem): boolean {
  const names = system.platform === "linux" ? distributions(system.osRelease) : [];
  const hasPackage =
    names.includes("debian") && !names.some((name) => debian.lackedBy.includes(name));
  return hasPackage && system.isRoot && findCommand(system, "apt-get") !== undefined;
}

async function install({ debian }: Program, system: OperatingSystem): Promise<void> {
  // A server's package would start it on its own port. policy-rc.d is Debian's way to forbid that (see
  // invoke-rc.d(8)); one that is there already stays and decides.
  const removePolicy = system.putScript("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");
  try {
    const wait = ["-o", "DPkg::Lock::Timeout=120"];
    await system.run("apt-get", [...wait, "update"], UPDATE_TIMEOUT);
    const options = ["-y", "--no-install-recommends"];
    const args = [...wait, "install", ...options, debian.package];
    await system.run("apt-get", args, INSTALL_TIMEOUT);
  } finally {
    removePolicy();
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

/** `a, b or c` */
const oneOf = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].join(" or ");

/** `neither a nor b is`, `none of a, b or c is` */
const noneOf = (names: readonly string[]): string =>
  names.length === 2 ? `neither ${names.join(" nor ")} is` : `none of ${oneOf(names)} is`;

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
