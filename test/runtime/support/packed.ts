import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Far longer than packing takes. */
const PATIENCE = 60_000;

/**
 * Packs the package as it was built: `npm test` and `npm run build` build it.
 *
 * @returns the path of the file in `folder`
 */
export async function packPackage(folder: string): Promise<string> {
  const args = ["pack", "-w", "runtime", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", [...args, "--json"], { cwd: ROOT, timeout: PATIENCE });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error("npm packed nothing");
  return join(folder, packed.filename);
}

/**
 * Lays out what npm would publish, as `npm install` does with it.
 *
 * @param home folder of the package, such as `node_modules/srv-dialer`; made when it is missing
 */
export async function unpackPackage(home: string): Promise<void> {
  const contents = await (packed ??= pack());
  mkdirSync(home, { recursive: true });
  const args = ["-xzf", "-", "-C", home, "--strip-components=1"];
  const unpacking = run("tar", args, { timeout: PATIENCE });
  unpacking.child.stdin?.end(contents);
  await unpacking;
}

/** Packed once: nothing builds it while tests run. */
let packed: Promise<Buffer> | undefined;

async function pack(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "srv-dialer-pack-"));
  try {
    return readFileSync(await packPackage(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
