import { chmod, chown, copyFile, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Copies a file system like AWS Backup: file by file, while the files change. Reads the manifest first and the other
 * files after a change, which is the worst order.
 * https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html#backup-consistency
 * @param meanwhile the change between the two
 */
export async function backUp(
  from: string,
  to: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  await copied(from, to, isManifest);
  await meanwhile();
  await copied(from, to, (file) => !isManifest(file));
}

const isManifest = (file: string): boolean => file.endsWith(".manifest");

async function copied(from: string, to: string, isRead: (file: string) => boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  await owned(from, to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [file, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copied(file, copy, isRead);
    if (!entry.isFile() || !isRead(entry.name)) continue;
    // Redis may remove a file during the copy.
    await unlessGone(copyFile(file, copy).then(() => owned(file, copy)));
  }
}

/** A restore also sets the owners. Only root can do that, and only root runs containers as other users. */
async function owned(from: string, to: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid, mode } = await stat(from);
  await chown(to, uid, gid);
  await chmod(to, mode);
}

async function unlessGone(done: Promise<void>): Promise<void> {
  await done.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
