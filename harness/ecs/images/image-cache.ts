import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import { makeFolder, removeFolder } from "../base/temporary-folder.mjs";
import type { Engine } from "./engine.ts";

const run = promisify(execFile);

/** The folder with the files of images, by their ids: $XDG_CACHE_HOME/local-ecs/images. */
const cacheFolder = (): string =>
  path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "local-ecs", "images");

/** Reports of an export. */
export interface ExportProgress {
  readonly onBegin?: (reference: string) => void;
  readonly onEnd?: (reference: string, megabytes: number, seconds: number) => void;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The files of an image, exported once. Containers share them and do not change them.
 * @throws HarnessError ERR_IMAGE if the engine fails, or the disk has no room
 */
export async function filesOf(
  engine: Engine,
  { id, reference }: { readonly id: string; readonly reference: string },
  { onBegin, onEnd, signal }: ExportProgress = {},
  cache = cacheFolder(),
): Promise<string> {
  const folder = path.join(cache, id.replace(/^sha256:/, ""));
  await mkdir(cache, { recursive: true });
  await closeToOthers(cache);
  if (existsSync(folder)) return folder;
  onBegin?.(reference);
  const began = performance.now();
  try {
    await exported(engine, id, folder, signal);
  } catch (error) {
    if (!/no space left on device/i.test(String(error))) throw error;
    const message = `image ${reference}: no room for its files in ${cache}: free some, or name another folder in XDG_CACHE_HOME`;
    throw new HarnessError("ERR_IMAGE", message, { cause: error });
  }
  onEnd?.(reference, await megabytesOf(folder), (performance.now() - began) / 1_000);
  return folder;
}

/**
 * No other user may run an image's program that is setuid root.
 * @throws HarnessError ERR_IMAGE for a folder of somebody else, or a link to one
 */
async function closeToOthers(cache: string): Promise<void> {
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  await using folder = await open(cache, O_DIRECTORY | O_NOFOLLOW).catch((error: unknown) => {
    throw new HarnessError("ERR_IMAGE", `${cache} must be a folder, and no link`, { cause: error });
  });
  const { uid } = await folder.stat();
  if (uid !== process.getuid?.()) {
    const message = `${cache} belongs to user ${uid}: name a folder of your own in XDG_CACHE_HOME`;
    throw new HarnessError("ERR_IMAGE", message);
  }
  await folder.chmod(0o700);
}

async function exported(
  engine: Engine,
  id: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const cache = path.dirname(folder);
  // Renamed when it is complete: two runs may export the same image, and a run may end at any time.
  const made = makeFolder("new-", cache);
  try {
    const files = path.join(made.path, "files");
    await mkdir(files, { mode: 0o755 });
    await engine.export(id, files, signal);
    await rename(files, folder).catch(async (error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    // After an abort tar may still write for a moment.
    removeFolder(made);
  }
}

/** The room that a folder takes. */
async function megabytesOf(folder: string): Promise<number> {
  const { stdout } = await run("du", ["-s", "--block-size=1MB", folder]);
  return Number.parseInt(stdout, 10);
}
