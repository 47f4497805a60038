import { copyFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { FileMount } from "../machine/image-root.ts";
import { hasShell, programIn } from "./image-files.ts";
import { serverWith, slowLoad } from "./redis-image.ts";

const SERVERS = ["redis-server", "valkey-server"];
/** A folder of the container for the server itself, under its own name. */
const BESIDE = "/.local-ecs";

/**
 * Makes the Redis of an image load slowly: in place of its server a script starts it with a delay for each key. An image without
 * a shell cannot run the script; its Redis loads at its own speed.
 * @param folder of the container
 * @param root the image's files
 * @param micros for each key
 */
export async function slowRedis(
  folder: string,
  root: string,
  searchPath: string,
  micros: number,
): Promise<readonly FileMount[]> {
  if (!hasShell(root)) return [];
  const mounts = new Map<string, FileMount>();
  for (const name of SERVERS) {
    const at = await programIn(root, name, searchPath, "/").catch(() => undefined);
    // Two names may be one file, which acts by its name: in Debian also redis-check-rdb is the server.
    if (at === undefined || mounts.has(at)) continue;
    const itself = `${BESIDE}/${name}`;
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\n${serverWith(itself, slowLoad(micros))}\n`, { mode: 0o755 });
    // A copy: the container may write to it, and the image's file is everybody's.
    await copyFile(path.join(root, at), `${file}.itself`);
    mounts.set(itself, { file: `${file}.itself`, at: itself });
    mounts.set(at, { file, at });
  }
  return [...mounts.values()];
}
