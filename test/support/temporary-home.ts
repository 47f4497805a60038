import { mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where tsx keeps what it has compiled, in the folder for temporary files; as tsx names it. */
const COMPILED = `tsx-${process.geteuid?.() ?? ""}`;

/**
 * A new folder for the temporary files of one program, in which a test finds what the program has left. What tsx has
 * compiled is that of all programs: without it, the program would compile each of its files again.
 */
export async function temporaryHome(prefix: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), prefix));
  const shared = join(tmpdir(), COMPILED);
  await mkdir(shared, { recursive: true });
  await symlink(shared, join(home, COMPILED));
  return home;
}
