import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Timeout, in ms. */
const PATIENCE = 60_000;

/**
 * Packs a built package. `npm test` and `npm run build` build it.
 *
 * @param workspace `runtime` or `local-ecs`
 * @returns the path of the file in `folder`
 */
export async function packPackage(folder: string, workspace = "runtime"): Promise<string> {
  const args = ["pack", "-w", workspace, "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", [...args, "--json"], { cwd: ROOT, timeout: PATIENCE });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error("npm packed nothing");
  return join(folder, packed.filename);
}

/**
 * Extracts a packed package, as `npm install` does.
 *
 * @param home folder of the package, such as `node_modules/srv-dialer`; created if missing
 */
export async function extractPackage(packed: string, home: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const args = ["-xzf", packed, "-C", home, "--strip-components=1"];
  await run("tar", args, { timeout: PATIENCE });
}

/** Packs the package with npm and extracts it. @param home see {@link extractPackage} */
export async function unpackPackage(home: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "srv-dialer-pack-"));
  try {
    await extractPackage(await packPackage(folder), home);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Files that npm always packs. */
const ALWAYS = ["LICENSE", "README.md", "package.json"];

/** The same without npm, which takes half a second. A test compares both. */
export function layOutPackage(home: string): void {
  const source = join(ROOT, "runtime");
  const manifest = readFileSync(join(source, "package.json"), "utf8");
  const { files } = JSON.parse(manifest) as { files: string[] };
  mkdirSync(home, { recursive: true });
  for (const name of [...ALWAYS, ...files]) {
    cpSync(join(source, name), join(home, name), { recursive: true });
  }
}
