import { execFile } from "node:child_process";
import { lchown, lstat, readdir, readlink, rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { makeFolder, removeFolder } from "../base/temporary-folder.mjs";
import { codeOf, HeldFolder } from "../machine/held-folder.ts";
import type { MountPlan, UserIds } from "../terraform/plan/plan.ts";
import type { MountedFolder } from "./container-view.ts";
import type { Folders } from "./folders.ts";

/** https://github.com/aws/amazon-ecs-agent/blob/master/ecs-init/volumes/ecs_volume_plugin.go */
const notMounted = (why: string): Error =>
  new Error(
    `Error response from daemon: error while mounting volume '': VolumeDriver.Mount: failed to mount volume: mounting volume failed: mount.nfs4: ${why}`,
  );

/** Why a directory is not mounted, by the code of the error. */
const NOT_OPEN: Readonly<Record<string, string>> = {
  ENOENT:
    "No such file or directory (EFS creates a directory only for an access point with creation_info)",
  ENOTDIR: "Not a directory",
};

/** A folder of an image at the path of a mount. */
export interface ImageFolder extends UserIds {
  readonly mode: number;
  /** A folder of this machine with its files. Undefined: they are not known. */
  readonly content?: string;
}

/** Returns the image's folder at a path; undefined if it has none. */
type FolderAt = (path: string) => Promise<ImageFolder | undefined>;

/** The directories that containers mount, with owners as in AWS. */
export class Volumes {
  readonly #folders: Folders;
  readonly #owned: boolean;
  /** Users that have mounted a folder through an access point with a POSIX user, by folder. */
  readonly #clients = new Map<string, Set<number>>();
  /** The existing mounts: task and folder. */
  readonly #mounted = new Set<string>();
  readonly #fails: () => boolean;
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param owned whether directories get owners, which requires containers with users
   * @param fails whether EFS cannot be mounted now
   */
  constructor(folders: Folders, owned: boolean, fails: () => boolean) {
    this.#folders = folders;
    this.#owned = owned;
    this.#fails = fails;
  }

  /** The folders of all mounts. Missing ones are created; see {@link MountPlan.ifMissing}. */
  mountAll(
    taskId: string,
    mounts: readonly MountPlan[],
    user: UserIds,
    folderAt: FolderAt,
  ): Promise<MountedFolder[]> {
    const all = mounts.map(async (mount) => {
      const { path: at, readOnly } = mount;
      return { path: at, readOnly, folder: await this.#mount(taskId, mount, user, folderAt) };
    });
    return Promise.all(all);
  }

  /**
   * Creates a mount's directory if it is missing; resolves to its folder on this machine.
   * @throws in the words of ECS if EFS cannot be mounted
   */
  async #mount(
    taskId: string,
    mount: MountPlan,
    user: UserIds,
    folderAt: FolderAt,
  ): Promise<string> {
    const folder = this.#folders.mount(taskId, mount);
    const mounted = `${taskId} ${folder}`;
    if (!mount.ephemeral && !this.#mounted.has(mounted) && this.#fails()) {
      throw notMounted("Connection timed out");
    }
    this.#mounted.add(mounted);
    // One after the other, so that each directory has its owner before others see it.
    const turn = this.#turn.then(async () => {
      const makes = mount.ifMissing !== "refused";
      await using held = await HeldFolder.open(folder, { makes }).catch((error: unknown) => {
        const why = NOT_OPEN[String(codeOf(error))];
        throw why === undefined
          ? error
          : notMounted(`mounting failed, reason given by server: ${why}`);
      });
      if (!this.#owned) return folder;
      if (mount.ifMissing === "copied") await this.#fill(held, await folderAt(mount.path));
      else if (held.isNew) await setOwner(held, mount, user);
      await this.#share(folder, held, mount, user);
      return folder;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * In AWS all clients of an access point with a POSIX user act as that user. Here each client is its own user,
   * so the files of earlier clients are given to the next one.
   */
  async #share(
    folder: string,
    held: HeldFolder,
    { accessPoint }: MountPlan,
    user: UserIds,
  ): Promise<void> {
    if (!accessPoint?.posixUser) return;
    const clients = this.#clients.get(folder) ?? new Set([accessPoint.posixUser.uid]);
    this.#clients.set(folder, clients.add(user.uid));
    if (clients.size > 1) await changeOwner(held, clients, user);
  }

  /**
   * A new volume of Docker belongs to root. If the image has a folder at the mount's path, an empty volume gets the folder's
   * owner, permissions and files.
   * https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container
   */
  async #fill(held: HeldFolder, image: ImageFolder | undefined): Promise<void> {
    const isFilled = image !== undefined && (await readdir(held.path)).length === 0;
    if (!isFilled && !held.isNew) return;
    if (isFilled && image.content !== undefined) await this.#copy(image.content, held);
    const { uid, gid, mode } = image ?? { uid: 0, gid: 0, mode: 0o755 };
    await held.handle.chown(uid, gid);
    await held.handle.chmod(mode & 0o7777);
  }

  /** By a folder that no container reaches: cp follows links, and another container may have the volume already. */
  async #copy(content: string, to: HeldFolder): Promise<void> {
    const copy = makeFolder("copy-", this.#folders.root);
    try {
      await promisify(execFile)("cp", ["-a", `${content}/.`, copy.path]);
      for (const name of await readdir(copy.path)) {
        await rename(path.join(copy.path, name), to.at(name));
      }
    } finally {
      removeFolder(copy);
    }
  }
}

/**
 * Sets the owner of a new directory: the access point's, else the container's user. The root of a file system
 * belongs to root.
 * https://docs.aws.amazon.com/efs/latest/ug/accessing-fs-nfs-permissions.html
 */
async function setOwner({ handle }: HeldFolder, mount: MountPlan, user: UserIds): Promise<void> {
  const isRoot = !mount.ephemeral && !mount.directory.includes("/");
  const { creation } = mount.accessPoint ?? {};
  const owner = isRoot ? { uid: 0, gid: 0 } : (creation ?? user);
  await handle.chown(owner.uid, owner.gid);
  await handle.chmod((isRoot ? undefined : creation?.permissions) ?? 0o755);
}

/** Gives a folder, and everything in it that the previous owners own, to a user. */
async function changeOwner(
  held: HeldFolder,
  from: ReadonlySet<number>,
  { uid, gid }: UserIds,
): Promise<void> {
  const isTheirs = ({ uid: owner }: { readonly uid: number }): boolean =>
    owner !== uid && from.has(owner);
  if (isTheirs(await held.handle.stat())) await held.handle.chown(uid, gid);
  const folder = await readlink(held.path);
  for (const entry of await readdir(held.path, { withFileTypes: true })) {
    await unlessGone(async () => {
      if (entry.isDirectory()) {
        await using below = await HeldFolder.open(path.join(folder, entry.name));
        await changeOwner(below, from, { uid, gid });
      } else if (isTheirs(await lstat(held.at(entry.name)))) {
        await lchown(held.at(entry.name), uid, gid);
      }
    });
  }
}

/** Another container may delete or replace files at the same time. */
const unlessGone = (done: () => Promise<void>): Promise<void> =>
  done().catch((error: unknown) => {
    if (!["ENOENT", "ENOTDIR"].includes(String(codeOf(error)))) throw error;
  });
