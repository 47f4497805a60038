// Temporary folders. JavaScript, because the guardian runs it as it is.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {{ readonly path: string, readonly identity: string }} TemporaryFolder */

/** A process that has just been killed may still write. Milliseconds. */
const [TRIES, PAUSE] = [50, 20];
/** Of one command line. */
const MOST_NAMES = 1000;
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
    for (let tries = 1; !isEmptied(inside, path); tries += 1) {
      if (tries === TRIES)
        throw new Error(
          `${path} cannot be removed: a process still writes to it, or it is not yours`,
        );
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  } finally {
    fs.closeSync(held);
  }
}

/**
 * With `rm`: Node's own fails for paths that are too long for a call, which a container can make.
 * @param {string} inside @param {string} path
 */
function isEmptied(inside, path) {
  const names = fs.readdirSync(inside);
  while (names.length > 0) {
    const some = names.splice(0, MOST_NAMES);
    spawnSync("/bin/rm", ["-rf", "--", ...some], { cwd: inside, stdio: "ignore" });
  }
  try {
    fs.rmdirSync(path);
    return true;
  } catch (error) {
    if (Reflect.get(Object(error), "code") === "ENOTEMPTY") return false;
    throw error;
  }
}

/** @param {fs.BigIntStats} stats */
const identityOf = ({ dev, ino }) => `${dev}:${ino}`;
