import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import type { Program } from "../../harness/ecs/programs/find-program.ts";
import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";
import type { OperatingSystem } from "../../harness/ecs/programs/operating-system.ts";

// Only the server. The package mariadb-server also adds a service.
const INSTALL = "apt-get install -y --no-install-recommends mariadb-server-core";

const MARIADB: Program = {
  title: "MariaDB",
  variable: "MARIADBD",
  commands: ["mariadbd"],
  // Not on every user's PATH.
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

/** The path of a real `mariadbd`. See {@link findProgram}. */
export function findMariadb(system: OperatingSystem = thisSystem()): Promise<string> {
  return findProgram(MARIADB, system);
}
