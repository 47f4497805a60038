import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";

/** Finds openssl, which makes the certificates of a Redis with TLS, or installs it. */
export const findOpenssl = (): Promise<string> =>
  findProgram(
    {
      title: "OpenSSL",
      variable: "OPENSSL",
      commands: ["openssl"],
      debian: { package: "openssl", unavailableIn: [] },
      installCommands: {
        debian: "apt-get install -y openssl",
        ubuntu: "apt-get install -y openssl",
        alpine: "apk add openssl",
        arch: "pacman -S --noconfirm openssl",
        fedora: "dnf install -y openssl",
        rhel: "dnf install -y openssl",
        suse: "zypper install -y openssl",
      },
      otherwise: {
        darwin: "brew install openssl",
        unknown: "your package manager's install of openssl",
      },
    },
    thisSystem(),
  );
