import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import type { Program } from "../../harness/ecs/programs/find-program.ts";
import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";

const INSTALL = "apt-get install -y --no-install-recommends shellcheck";

const SHELLCHECK: Program = {
  title: "ShellCheck",
  variable: "SHELLCHECK",
  commands: ["shellcheck"],
  folders: [],
  debian: { package: "shellcheck", unavailableIn: [] },
  installCommands: {
    debian: INSTALL,
    ubuntu: INSTALL,
    alpine: "apk add shellcheck",
    arch: "pacman -S --noconfirm shellcheck",
    fedora: "dnf install -y ShellCheck",
    rhel: "dnf install -y ShellCheck",
    suse: "zypper install -y ShellCheck",
  },
  otherwise: {
    darwin: "brew install shellcheck",
    unknown: "your package manager's install of ShellCheck",
  },
};

/** Finds or installs ShellCheck once before its tests. The workers get its path. */
export default async function setup(): Promise<void> {
  process.env["SHELLCHECK"] = await findProgram(SHELLCHECK, thisSystem());
}
