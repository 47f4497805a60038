import { closeSync, constants, openSync } from "node:fs";

/**
 * Uses a file of a folder that another user may write to: not through a link, which may lead anywhere.
 * @param flags of open(2), without O_NOFOLLOW
 * @throws ELOOP for a link
 */
export function withFile<T>(path: string, flags: number, use: (file: number) => T): T {
  const file = openSync(path, flags | constants.O_NOFOLLOW);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}
