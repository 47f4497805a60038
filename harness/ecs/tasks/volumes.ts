import { chmod, lchown, lstat, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import type { MountPlan, UserIds } from "../terraform/plan/plan.ts";
import type { MountedFolder } from "./container-view.ts";
import type { Folders } from "./folders.ts";

const FAILED = "failed to invoke EFS utils commands to set up EFS volumes: Connection timed out";

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

  /** The folders of all mounts; see {@link mount}. */
  mountAll(taskId: string, mounts: readonly MountPlan[], user: UserIds): Promise<MountedFolder[]> {
    const all = mounts.map(async (mount) => {
      const { path: at, readOnly } = mount;
      return { path: at, readOnly, folder: await this.mount(taskId, mount, user) };
    });
    return Promise.all(all);
  }

  /**
   * Creates a mount's directory if it is missing; resolves to its folder on this machine.
   * @throws in the words of ECS if EFS cannot be mounted
   */
  async mount(taskId: string, mount: MountPlan, user: UserIds): Promise<string> {
    const folder = this.#folders.mount(taskId, mount);
    const mounted = `${taskId} ${folder}`;
    if (!mount.ephemeral && !this.#mounted.has(mounted) && this.#fails()) throw new Error(FAILED);
    this.#mounted.add(mounted);
    // One after the other, so that each directory has its owner before others see it.
    const turn = this.#turn.then(async () => {
      const made = (await mkdir(folder, { recursive: true })) !== undefined;
      if (!this.#owned) return folder;
      if (made) await setOwner(folder, mount, user);
      await this.#share(folder, mount, user);
      return folder;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * In AWS all clients of an access point with a POSIX user act as that user. Here each client is its own user,
   * so the files of earlier clients are given to the next one.
   */
  async #share(folder: string, { accessPoint }: MountPlan, user: UserIds): Promise<void> {
    if (!accessPoint?.posixUser) return;
    const clients = this.#clients.get(folder) ?? new Set([accessPoint.posixUser.uid]);
    this.#clients.set(folder, clients.add(user.uid));
    if (clients.size > 1) await changeOwner(folder, clients, user);
  }
}

/**
 * Sets the owner of a new directory: the access point's, else the container's user. The root of a file system
 * belongs to root.
 * https://docs.aws.amazon.com/efs/latest/ug/accessing-fs-nfs-permissions.html
 */
async function setOwner(folder: string, mount: MountPlan, user: UserIds): Promise<void> {
  const isRoot = !mount.ephemeral && !mount.directory.includes("/");
  const { creation } = mount.accessPoint ?? {};
  const owner = isRoot ? { uid: 0, gid: 0 } : (creation ?? user);
  await lchown(folder, owner.uid, owner.gid);
  await chmod(folder, (isRoot ? undefined : creation?.permissions) ?? 0o755);
}

/** Gives a folder, and everything in it that the previous owners own, to a user. */
async function changeOwner(
  folder: string,
  from: ReadonlySet<number>,
  { uid, gid }: UserIds,
): Promise<void> {
  for (const file of [folder, ...(await unlessGone(filesIn(folder)))]) {
    await unlessGone(
      lstat(file).then(async ({ uid: owner }) => {
        if (owner !== uid && from.has(owner)) await lchown(file, uid, gid);
        return [];
      }),
    );
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const file = path.join(folder, entry.name);
    return [file, ...(entry.isDirectory() ? await unlessGone(filesIn(file)) : [])];
  });
  return (await Promise.all(found)).flat();
}

/** Another container may delete files at the same time. */
const unlessGone = (found: Promise<string[]>): Promise<string[]> =>
  found.catch((error: unknown) => {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return [];
    throw error;
  });
