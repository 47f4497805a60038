import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";
import type { OperatingSystem } from "../../harness/ecs/programs/operating-system.ts";
import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import type { Program } from "../../harness/ecs/programs/find-program.ts";

const CHROMIUM: Program = {
  title: "Chromium",
  variable: "CHROMIUM",
  commands: [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
  ],
  // Ubuntu's package only installs a snap.
  debian: { package: "chromium-headless-shell", unavailableIn: ["ubuntu"] },
  installCommands: {
    debian: "apt-get install -y --no-install-recommends chromium-headless-shell",
    ubuntu: "snap install chromium",
    alpine: "apk add chromium",
    arch: "pacman -S --noconfirm chromium",
    fedora: "dnf install -y chromium-headless",
    suse: "zypper install -y chromium",
  },
  otherwise: {
    darwin: "brew install --cask chromium",
    unknown: "your package manager's install of chromium",
  },
};

/**
 * The path of a real browser: the variable CHROMIUM, else Chromium or Chrome on PATH. See {@link findProgram}.
 */
export function findChromium(machine: OperatingSystem = thisSystem()): Promise<string> {
  return findProgram(CHROMIUM, machine);
}
