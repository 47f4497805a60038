import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { packPackage } from "../../runtime/support/packed.ts";

const HERE = join(import.meta.dirname, "..");
/** ms; for a slow registry. */
const TIMEOUT = 300_000;

/** Installs the tools of this folder's package.json, and packs both packages. Workers get their paths. */
export default async function setup(): Promise<() => void> {
  await install();
  const folder = mkdtempSync(join(tmpdir(), "srv-dialer-packed-"));
  process.env["PACKED"] = await packPackage(folder);
  process.env["PACKED_LOCAL_ECS"] = await packPackage(folder, "local-ecs");
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Does nothing if the lock file has not changed since the last time. */
async function install(): Promise<void> {
  const lock = join(HERE, "package-lock.json");
  // npm writes this file at the end.
  const installed = join(HERE, "node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs > statSync(lock).mtimeMs) return;
  await promisify(execFile)("npm", ["ci", "--ignore-scripts"], { cwd: HERE, timeout: TIMEOUT });
}
