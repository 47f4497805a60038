import type { LocalPort } from "./image.ts";

/** A mounted path and its folder on this machine. */
export interface MountedFolder {
  readonly path: string;
  readonly folder: string;
  readonly readOnly: boolean;
}

/** A container of the same task that can be reached by a name. */
export interface Link {
  readonly alias: string;
  /** Its published ports, and those that its image exposes. */
  readonly ports: readonly LocalPort[];
  /** Its `hostname`, which is another name for its address. */
  readonly hostname?: string | undefined;
  /** The address of its name, at which it is reached on its own ports. */
  readonly address: string;
  /** The address at which its program listens on this machine's ports. */
  readonly programAddress: string;
}

/** What a container's paths, ports and names are on this machine. */
export interface ContainerView {
  readonly address: string;
  readonly ports: readonly LocalPort[];
  readonly mounts: readonly MountedFolder[];
  /** Containers of the task that can be reached by a name. */
  readonly links: readonly Link[];
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * Translates a container's text for this machine: mounted paths become folders; its own ports on localhost, and
 * ports of linked containers, become local ports.
 */
export function translate(text: string, { address, ports, mounts, links }: ContainerView): string {
  let translated = text;
  // The longest path first: /data/sub may be a separate mount beside /data.
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
  for (const { alias, ports: linked, programAddress } of links) {
    for (const { containerPort, listenPort } of linked) {
      const other = new RegExp(`(?<![\\w.-])${escape(alias)}:${containerPort}\\b`, "g");
      translated = translated.replaceAll(other, () => `${programAddress}:${listenPort}`);
    }
  }
  return translated;
}

/**
 * Translates environment variables. PORT and HOST also tell a program where to listen, if their values are the
 * container's port and all addresses.
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
