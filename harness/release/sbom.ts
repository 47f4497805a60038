import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
}
interface PackageJson extends Locked {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}
type Packages = Readonly<Record<string, Locked | undefined>>;

/**
 * What `npm sbom` says of the package: itself, and what an app installs with it, in the versions that were tested. In
 * the repository `npm sbom` would leave out what the repository has as a development dependency too, so it reads a
 * lock file with the package's part alone.
 */
export async function sbomOf(root: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "sbom-"));
  try {
    const project = join(folder, "srv-dialer");
    mkdirSync(project);
    const own = readJson(join(root, "runtime/package.json")) as PackageJson;
    const { name, version, license, dependencies = {} } = own;
    const manifest = { name, version, license, dependencies };
    const { packages } = readJson(join(root, "package-lock.json")) as { packages: Packages };
    const needed = neededPackages(packages, dependencies);
    const lock = { name, version, lockfileVersion: 3, packages: { "": manifest, ...needed } };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(project, "package-lock.json"), JSON.stringify(lock));
    const args = ["sbom", "--package-lock-only", "--sbom-format=spdx"];
    const { stdout } = await promisify(execFile)("npm", args, { cwd: project });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** Of a lock file, what the package needs, by the place where it would be installed. */
function neededPackages(packages: Packages, dependencies: Readonly<Record<string, string>>) {
  const needed = new Map<string, Locked>();
  const visit = (names: readonly string[]): void => {
    for (const name of names) {
      const place = `node_modules/${name}`;
      const locked = packages[`runtime/${place}`] ?? packages[place];
      if (locked === undefined) throw new Error(`package-lock.json has no ${name}`);
      if (needed.has(place)) continue;
      needed.set(place, locked);
      visit(Object.keys(locked.dependencies ?? {}));
    }
  };
  visit(Object.keys(dependencies));
  return Object.fromEntries(needed);
}
