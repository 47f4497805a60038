import { thisSystem } from "./operating-system.ts";
import type { OperatingSystem } from "./operating-system.ts";
import { findProgram, findWithoutInstalling } from "./find-program.ts";
import type { Program } from "./find-program.ts";

const REDIS: Program = {
  title: "Redis",
  variable: "REDIS_SERVER",
  commands: ["redis-server", "valkey-server"],
  debian: { package: "redis-server", unavailableIn: [] },
  installCommands: {
    debian: "apt-get install -y redis-server",
    ubuntu: "apt-get install -y redis-server",
    alpine: "apk add redis",
    arch: "pacman -S --noconfirm valkey",
    fedora: "dnf install -y valkey",
    rhel: "dnf install -y valkey",
    suse: "zypper install -y redis",
  },
  otherwise: {
    darwin: "brew install redis",
    unknown: "your package manager's install of redis or valkey",
  },
};

/**
 * The path of a real Redis: the value of the variable REDIS_SERVER, else `redis-server` or `valkey-server` on
 * PATH; see {@link findProgram}.
 */
export function findRedisServer(system: OperatingSystem = thisSystem()): Promise<string> {
  return findProgram(REDIS, system);
}

/**
 * The same without an installation.
 * @throws an error with the command to run, if there is none
 */
export function findInstalledRedis(system: OperatingSystem = thisSystem()): string {
  return findWithoutInstalling(REDIS, system);
}
