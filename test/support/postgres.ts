import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import type { Program } from "../../harness/ecs/programs/find-program.ts";
import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";
import type { OperatingSystem } from "../../harness/ecs/programs/operating-system.ts";

const INSTALL = "apt-get install -y --no-install-recommends postgresql";

const POSTGRES: Program = {
  title: "PostgreSQL",
  variable: "POSTGRES",
  commands: ["postgres"],
  // Debian has one folder per major version, not on PATH.
  folders: ["/usr/lib/postgresql/*/bin"],
  debian: {
    package: "postgresql",
    unavailableIn: [],
    // The tests create their own databases. This prevents the package from creating one, which takes seconds.
    settings: { "/etc/postgresql-common/createcluster.conf": "create_main_cluster = false\n" },
  },
  installCommands: {
    debian: INSTALL,
    ubuntu: INSTALL,
    alpine: "apk add postgresql",
    arch: "pacman -S --noconfirm postgresql",
    fedora: "dnf install -y postgresql-server",
    rhel: "dnf install -y postgresql-server",
    suse: "zypper install -y postgresql-server",
  },
  otherwise: {
    darwin: "brew install postgresql@17",
    unknown: "your package manager's install of PostgreSQL's server",
  },
};

/** The path of a real `postgres`, in the same folder as `initdb`. See {@link findProgram}. */
export function findPostgres(system: OperatingSystem = thisSystem()): Promise<string> {
  return findProgram(POSTGRES, system);
}
