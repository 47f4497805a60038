import { distributions, findCommand, thisMachine } from "./machine.ts";
import type { Machine } from "./machine.ts";

const SERVERS = ["redis-server", "valkey-server"];
const UPDATE_TIMEOUT = 120_000;
const INSTALL_TIMEOUT = 240_000;

/** The one command that installs Redis, by distribution; macOS has none in this sense. */
const INSTALL_COMMANDS: Readonly<Record<string, string>> = {
  debian: "apt-get install -y redis-server",
  ubuntu: "apt-get install -y redis-server",
  alpine: "apk add redis",
  arch: "pacman -S --noconfirm valkey",
  fedora: "dnf install -y valkey",
  rhel: "dnf install -y valkey",
  suse: "zypper install -y redis",
};

/**
 * The path of a real Redis: what the variable REDIS_SERVER names, else `redis-server` or
 * `valkey-server` on PATH. On Debian and its like it is installed with apt-get when there is none
 * and the user is root, within 6 minutes, saying so in one line.
 *
 * @throws an error with the one command to run, where it is missing and cannot be installed.
 */
export async function findRedisServer(machine: Machine = thisMachine()): Promise<string> {
  const found = findInstalled(machine);
  if (found !== undefined) return found;
  if (!canInstall(machine)) throw missing(machine);
  machine.say("No redis-server found: installing it with apt-get (without starting its service).");
  try {
    await install(machine);
  } catch (error) {
    throw missing(machine, error);
  }
  const installed = findInstalled(machine);
  if (installed === undefined) throw missing(machine);
  return installed;
}

function findInstalled(machine: Machine): string | undefined {
  const named = machine.env["REDIS_SERVER"] ?? "";
  if (named === "") {
    return SERVERS.map((server) => findCommand(machine, server)).find((path) => path !== undefined);
  }
  const path = findCommand(machine, named);
  if (path !== undefined) return path;
  throw new Error(
    `REDIS_SERVER is "${named}", which is no executable file; allowed: the path of a ` +
      `redis-server or valkey-server, or its name on PATH. Unset, PATH is searched.`,
  );
}

function canInstall(machine: Machine): boolean {
  return isDebianLike(machine) && machine.isRoot && findCommand(machine, "apt-get") !== undefined;
}

function isDebianLike({ platform, osRelease }: Machine): boolean {
  return platform === "linux" && distributions(osRelease).includes("debian");
}

async function install(machine: Machine): Promise<void> {
  // The package would start a Redis on port 6379. policy-rc.d is Debian's way to forbid that (see
  // invoke-rc.d(8)); one that is there already stays and decides.
  const removePolicy = machine.putScript("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");
  try {
    const wait = ["-o", "DPkg::Lock::Timeout=120"];
    await machine.run("apt-get", [...wait, "update"], UPDATE_TIMEOUT);
    const options = ["-y", "--no-install-recommends"];
    const args = [...wait, "install", ...options, "redis-server"];
    await machine.run("apt-get", args, INSTALL_TIMEOUT);
  } finally {
    removePolicy();
  }
}

function missing(machine: Machine, cause?: unknown): Error {
  const reason =
    cause instanceof Error ? `Installing redis-server failed: ${lastLine(cause.message)}. ` : "";
  return new Error(
    `${reason}A real Redis is needed, and neither ${SERVERS.join(" nor ")} is on PATH. ` +
      `Run: ${installCommand(machine)} (or set REDIS_SERVER to the path of a redis-server).`,
    { cause },
  );
}

function installCommand({ platform, osRelease, isRoot }: Machine): string {
  if (platform === "darwin") return "brew install redis";
  const command = distributions(osRelease)
    .map((name) => INSTALL_COMMANDS[name])
    .find((known) => known !== undefined);
  if (command === undefined) return "your package manager's install of redis or valkey";
  return isRoot ? command : `sudo ${command}`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
