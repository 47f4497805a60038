import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Podman with a storage of its own, and a cache of its own for the files of its images. */
export interface OwnPodman extends Disposable {
  readonly folder: string;
}

/** It applies to this process and its children until it is disposed. @param driver of the storage. Every machine has vfs */
export function ownPodman(driver: "overlay" | "vfs"): OwnPodman {
  const folder = mkdtempSync(join(tmpdir(), "podman-"));
  const storage = join(folder, "storage.conf");
  const roots = `graphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`;
  // Otherwise a mount of the folder would stay.
  const options = '[storage.options.overlay]\nskip_mount_home = "true"\n';
  writeFileSync(storage, `[storage]\ndriver = "${driver}"\n${roots}${options}`);
  const settings = join(folder, "containers.conf");
  // Podman's own are higher, and root may not raise limits on every machine.
  writeFileSync(
    settings,
    `[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n`,
  );
  const variables = {
    CONTAINERS_CONF: settings,
    CONTAINERS_STORAGE_CONF: storage,
    // A build needs no runtime, and with it no cgroups and limits that this machine may not allow.
    BUILDAH_ISOLATION: "chroot",
    // Only the last layer is of use.
    BUILDAH_LAYERS: "false",
    XDG_CACHE_HOME: folder,
  };
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return {
    folder,
    [Symbol.dispose]: () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const podman = (...args: string[]): string =>
  execFileSync("podman", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Imports files as an image. @param changes instructions of a Dockerfile */
export function importImage(
  tag: string,
  root: string,
  changes: readonly string[],
  ...options: readonly string[]
): void {
  const words = [...options, ...changes.flatMap((change) => ["--change", change]), "-", tag];
  const args = ["-c", 'tar -C "$0" -c . | podman import "$@"', root, ...words];
  execFileSync("sh", args, { stdio: ["ignore", "ignore", "pipe"] });
}
