import { findProgram } from "../../harness/ecs/programs/find-program.ts";
import type { Program } from "../../harness/ecs/programs/find-program.ts";
import { thisSystem } from "../../harness/ecs/programs/operating-system.ts";

const programOf = (title: string, command: string, packages: string): Program => ({
  title,
  variable: command.toUpperCase(),
  commands: [command],
  folders: ["/usr/sbin", "/sbin"],
  debian: { package: packages, unavailableIn: [] },
  installCommands: {
    debian: `apt-get install -y --no-install-recommends ${packages}`,
    ubuntu: `apt-get install -y --no-install-recommends ${packages}`,
  },
  otherwise: { darwin: "a virtual machine with Linux", unknown: `your package manager's ${title}` },
});

/** Finds or installs, once before all tests, what containers from images need, and the builds of images. */
export default async function setup(): Promise<void> {
  // In sequence, because apt-get does not run concurrently.
  await findProgram(programOf("iproute2", "ip", "iproute2"), thisSystem());
  await findProgram(programOf("iptables", "iptables", "iptables"), thisSystem());
  await findProgram(programOf("crun", "crun", "crun"), thisSystem());
  await findProgram(programOf("Podman", "podman", "podman"), thisSystem());
  // Others run no containers from images.
  if (!thisSystem().isRoot) return;
  await findProgram(programOf("Go", "go", "golang-go"), thisSystem());
  await findProgram(programOf("pip", "/usr/bin/pip", "python3-pip"), thisSystem());
  await findProgram(programOf("mmdebstrap", "mmdebstrap", "mmdebstrap"), thisSystem());
}
