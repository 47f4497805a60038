import { mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The cache folder of tsx, in the folder for temporary files. */
const COMPILED = `tsx-${process.geteuid?.() ?? ""}`;

/**
 * Creates a folder for the temporary files of a program, so that a test finds what it leaves behind. Links the cache
 * of tsx, so that the program is not compiled again.
 */
export async function temporaryHome(prefix: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), prefix));
  const shared = join(tmpdir(), COMPILED);
  await mkdir(shared, { recursive: true });
  await symlink(shared, join(home, COMPILED));
  return home;
}
