import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { Engine } from "./engine.ts";

/** The folder with the files of images, by their ids: $XDG_CACHE_HOME/local-ecs/images. */
const cacheFolder = (): string =>
  path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "local-ecs", "images");

/**
 * The files of an image, exported once. Containers share them and do not change them.
 * @param onExport called before an export, which takes seconds
 */
export async function filesOf(
  engine: Engine,
  id: string,
  onExport: () => void,
  cache = cacheFolder(),
): Promise<string> {
  const folder = path.join(cache, id.replace(/^sha256:/, ""));
  if (existsSync(folder)) return folder;
  onExport();
  await mkdir(cache, { recursive: true });
  // Renamed when it is complete: two runs may export the same image, and a run may end at any time.
  const made = await mkdtemp(path.join(cache, "new-"));
  try {
    const files = path.join(made, "files");
    await mkdir(files, { mode: 0o755 });
    await engine.export(id, files);
    await rename(files, folder).catch(async (error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}
