import { closeSync, constants, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Uses a file of a folder that another user may write to: not through a link, which may lead anywhere, nor through one in
 * place of its folder, where the system has /proc.
 * @param flags of open(2), without O_NOFOLLOW
 * @throws ELOOP or ENOTDIR for a link
 */
export function withFile<T>(path: string, flags: number, use: (file: number) => T): T {
  const folder = openSync(dirname(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const held = process.platform === "linux" ? `/proc/self/fd/${folder}` : dirname(path);
    const file = openSync(join(held, basename(path)), flags | O_NOFOLLOW);
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  } finally {
    closeSync(folder);
  }
}
