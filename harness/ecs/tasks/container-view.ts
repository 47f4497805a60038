import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { MountPlan } from "../terraform/plan.ts";
import type { LocalPort } from "./image.ts";

/** The run's folder, laid out: what containers see of it is replaced in their commands. */
export class Folders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** A container's own folder. */
  container(taskId: string, container: string): string {
    return path.join(this.#root, "tasks", taskId, container);
  }

  task(taskId: string): string {
    return path.join(this.#root, "tasks", taskId);
  }

  log(taskId: string, container: string): string {
    return path.join(this.#root, "logs", `${taskId}-${container}.log`);
  }

  /** Where a mount's data are: one folder an EFS directory for all hosts, or the task's own. */
  mount(
    taskId: string,
    { directory, ephemeral }: Pick<MountPlan, "directory" | "ephemeral">,
  ): string {
    const name = path.join("/", directory);
    return ephemeral
      ? path.join(this.#root, "tasks", taskId, "volumes", name)
      : path.join(this.#root, "efs", name);
  }
}

/** Writes shell scripts that come first on a container's PATH. */
export async function writePrograms(
  folder: string,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
}

/** A mounted path, and where it is on this machine. */
export interface MountedFolder {
  readonly path: string;
  readonly folder: string;
  readonly readOnly: boolean;
}

/** What a container's own view is, outside of it. */
export interface Surroundings {
  readonly address: string;
  readonly ports: readonly LocalPort[];
  readonly mounts: readonly MountedFolder[];
  /** Containers of the task that are reached by a name, with the ports they publish. */
  readonly links: readonly { readonly alias: string; readonly ports: readonly LocalPort[] }[];
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * Writes a container's text as it reads outside the container: its mounted paths become the folders
 * behind them, its own ports on localhost those it has here, and so do those of the containers it links to.
 */
export function translate(text: string, { address, ports, mounts, links }: Surroundings): string {
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
 * Translates an environment: besides paths and own addresses, PORT and HOST tell a program where to
 * listen, if they name the container's port and every address.
 */
export function translateEnvironment(
  environment: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Record<string, string> {
  const { address, ports } = surroundings;
  const translated = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, translate(value, surroundings)]),
  );
  const bound = ports.find(({ containerPort }) => String(containerPort) === environment["PORT"]);
  if (bound) translated["PORT"] = String(bound.listenPort);
  const everywhere = [undefined, "", "0.0.0.0", "::", "localhost", "127.0.0.1"];
  if (ports.length > 0 && everywhere.includes(environment["HOST"])) translated["HOST"] = address;
  return translated;
}
