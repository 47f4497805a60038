import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { FileMount } from "./image-root.ts";

const RESOLV_CONF = "/etc/resolv.conf";
const NSSWITCH = "/etc/nsswitch.conf";

/** Content of a container's /etc/resolv.conf. */
export interface ResolvConf {
  /** Address of the only server. Programs use port 53. */
  readonly server: string;
  readonly search: string;
}

/**
 * Writes the files that point programs to the server. They are mounted over the container's own.
 * @param folder of the run
 * @param nsswitch content of this machine's nsswitch.conf
 */
export async function writeResolvConf(
  folder: string,
  { server, search }: ResolvConf,
  nsswitch = NSSWITCH,
): Promise<readonly FileMount[]> {
  const own = path.join(folder, "etc");
  await mkdir(own);
  const write = async (at: string, text: string): Promise<FileMount> => {
    const file = path.join(own, path.basename(at));
    await writeFile(file, text);
    return { file, at };
  };
  const mounts = [await write(RESOLV_CONF, `search ${search}\nnameserver ${server}\n`)];
  const sources = existsSync(nsswitch) ? await readFile(nsswitch, "utf8") : "";
  const asked = viaDns(sources);
  if (asked !== sources) mounts.push(await write(NSSWITCH, asked));
  return mounts;
}

/**
 * nsswitch.conf as in images: names come from /etc/hosts and DNS. Desktops may use systemd-resolved or mDNS,
 * which do not read resolv.conf.
 */
const viaDns = (nsswitch: string): string =>
  nsswitch.replaceAll(/^hosts:(?!\s*files\s+dns\s*$).*$/gm, "hosts: files dns");
