import type { LocalPort } from "./image.ts";

/** A mounted path, and where it is on this machine. */
export interface MountedFolder {
  readonly path: string;
  readonly folder: string;
  readonly readOnly: boolean;
}

/** A container of the same task that is reached by a name. */
export interface Link {
  readonly alias: string;
  /** The ports that it publishes. */
  readonly ports: readonly LocalPort[];
  /** An address of its own, where it is reached on these ports. */
  readonly address: string;
}

/** What a container's paths, ports and names stand for on this machine. */
export interface ContainerView {
  readonly address: string;
  readonly ports: readonly LocalPort[];
  readonly mounts: readonly MountedFolder[];
  /** Containers of the task that are reached by a name. */
  readonly links: readonly Link[];
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * Replaces in a container's text what means something else on this machine: mounted paths become
 * folders; its own ports on localhost, and those of linked containers, become the ports they have here.
 */
export function translate(text: string, { address, ports, mounts, links }: ContainerView): string {
  let translated = text;
  // The longest first: /data/sub may be a mount of its own beside /data.
  for (const mount of mounts.toSorted((a, b) => b.path.length - a.path.length)) {
    const pattern = new RegExp(`(?<![\\w./-])${escape(mount.path)}(?![\\w.-])`, "g");
    translated = translated.replaceAll(pattern, () => mount.folder);
  }
  for (const { containerPort, listenPort } of ports) {
    const own = new RegExp(
      `\\b(?:localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0):${containerPort}\\b`,
      "g",
    );
    translated = translated.replaceAll(own, () => `${address}:${listenPort}`);
  }
  for (const { alias, ports: linked } of links) {
    for (const { containerPort, listenPort } of linked) {
      const other = new RegExp(`(?<![\\w.-])${escape(alias)}:${containerPort}\\b`, "g");
      translated = translated.replaceAll(other, () => `${address}:${listenPort}`);
    }
  }
  return translated;
}

/**
 * Translates environment variables. PORT and HOST also tell a program where to listen, if they name
 * the container's port and every address.
 */
export function translateVariables(
  variables: Readonly<Record<string, string>>,
  view: ContainerView,
): Record<string, string> {
  const { address, ports } = view;
  const translated = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, translate(value, view)]),
  );
  const bound = ports.find(({ containerPort }) => String(containerPort) === variables["PORT"]);
  if (bound) translated["PORT"] = String(bound.listenPort);
  const everywhere = [undefined, "", "0.0.0.0", "::", "localhost", "127.0.0.1"];
  if (ports.length > 0 && everywhere.includes(variables["HOST"])) translated["HOST"] = address;
  return translated;
}
