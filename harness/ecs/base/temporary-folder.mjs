// Temporary folders. JavaScript, because the guardian runs it as it is.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {{ readonly path: string, readonly identity: string }} TemporaryFolder */

const { O_DIRECTORY, O_NOFOLLOW } = fs.constants;

/**
 * Makes a new folder, which no other user can enter.
 * @param {string} prefix of its name
 * @returns {TemporaryFolder}
 */
export function makeFolder(prefix, parent = tmpdir()) {
  const path = fs.mkdtempSync(join(parent, prefix));
  return { path, identity: identityOf(fs.lstatSync(path, { bigint: true })) };
}

/**
 * Removes that folder and everything in it, but nothing that has its name meanwhile. No link is followed.
 * @param {TemporaryFolder} folder
 */
export function removeFolder({ path, identity }) {
  let held;
  try {
    held = fs.openSync(path, O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return;
  }
  try {
    if (identityOf(fs.fstatSync(held, { bigint: true })) !== identity) return;
    // By the descriptor, so that another folder cannot take its place meanwhile. macOS has no such path.
    const inside = process.platform === "linux" ? `/proc/self/fd/${held}` : path;
    for (const name of fs.readdirSync(inside)) {
      fs.rmSync(join(inside, name), {
        recursive: true,
        force: true,
        maxRetries: 10,
        retryDelay: 20,
      });
    }
    fs.rmdirSync(path);
  } finally {
    fs.closeSync(held);
  }
}

/** @param {fs.BigIntStats} stats */
const identityOf = ({ dev, ino }) => `${dev}:${ino}`;
