import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import type { Program } from "../../harness/ecs/programs/find-program.ts";
import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";
import type { OperatingSystem } from "../../harness/ecs/programs/operating-system.ts";

// The server alone: the package mariadb-server adds what starts and keeps one.
const INSTALL = "apt-get install -y --no-install-recommends mariadb-server-core";

const MARIADB: Program = {
  title: "MariaDB",
  variable: "MARIADBD",
  commands: ["mariadbd"],
  // Not on the PATH of every user.
  folders: ["/usr/sbin", "/usr/libexec"],
  debian: { package: "mariadb-server-core", unavailableIn: [] },
  installCommands: {
    debian: INSTALL,
    ubuntu: INSTALL,
    alpine: "apk add mariadb",
    arch: "pacman -S --noconfirm mariadb",
    fedora: "dnf install -y mariadb-server",
    rhel: "dnf install -y mariadb-server",
    suse: "zypper install -y mariadb",
  },
  otherwise: {
    darwin: "brew install mariadb",
    unknown: "your package manager's install of MariaDB's server",
  },
};

/** The path of a real `mariadbd`; see {@link findProgram}. */
export function findMariadb(system: OperatingSystem = thisSystem()): Promise<string> {
  return findProgram(MARIADB, system);
}
