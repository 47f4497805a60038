import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitOrThrow } from "../upgrade/git.ts";
import { archiveName, CHECKSUMS, sbomName, tarballName } from "./artifact-names.ts";
import { releaseNotes } from "./release-notes.ts";
import { sbomOf } from "./sbom.ts";

/** Below the folder of the artifacts: what users get. */
export const FILES = "files";

/** Beside it: the text of the release. */
export const NOTES = "notes.md";

/**
 * Packs what a release consists of: the package as it is built, the modules of the present commit, the SBOM, and the checksums of
 * these. Their names are in `artifact-names.ts`.
 * @param out a folder to write, made where there is none
 */
export async function packArtifacts(root: string, version: string, out: string): Promise<void> {
  const folder = join(out, FILES);
  mkdirSync(folder, { recursive: true });
  const pack = [
    "pack",
    "--silent",
    "--ignore-scripts",
    "--workspace",
    "runtime",
    "--pack-destination",
    folder,
  ];
  await promisify(execFile)("npm", pack, { cwd: root, maxBuffer: 2 ** 26 });
  const archive = join(folder, archiveName(version));
  const prefix = `--prefix=terraform-modules-${version}/`;
  await gitOrThrow(root, "archive", prefix, "--output", archive, "HEAD", "modules", "LICENSE");
  writeFileSync(join(folder, sbomName(version)), await sbomOf(root));
  const names = [tarballName(version), archiveName(version), sbomName(version)];
  const sums = names.map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  writeFileSync(join(folder, CHECKSUMS), sums.join(""));
  writeFileSync(join(out, NOTES), releaseNotes(root, version));
}

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
