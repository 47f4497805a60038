import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findCommand, thisSystem } from "../programs/operating-system.ts";

const run = promisify(execFile);

/** Milliseconds. */
const TRIAL_TIMEOUT = 5_000;

/** The programs that build a container's root and network, and their Debian packages. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: "iproute2",
  mount: "mount",
  nsenter: "util-linux",
  setpriv: "util-linux",
  unshare: "util-linux",
};

/**
 * Mounts an overlay in the folder $1 and connects two networks, as for a container. All of it ends with the namespaces. An
 * overlay cannot lie on another one, as a container's own files often do.
 */
const TRIAL = `cd "$1" && mkdir lower upper work root &&
{ mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root 2>/dev/null ||
  { echo "no overlay can be mounted in $2; in a container, mount a volume there" >&2; exit 1; }; } &&
ip link add one type veth peer name other && echo 1 >/proc/sys/net/ipv4/conf/one/route_localnet`;

/** Why this machine cannot run containers from images; undefined if it can. */
export async function whyNoImages(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "containers from images need root";
  const missing = Object.keys(PROGRAMS).find(
    (name) => findCommand(thisSystem(), name) === undefined,
  );
  if (missing !== undefined) {
    return `containers from images need ${missing} (Debian's ${PROGRAMS[missing]})`;
  }
  const folder = await mkdtemp(path.join(tmpdir(), "overlay-"));
  const namespaces = ["--pid", "--fork", "--mount", "--net", "--uts", "--ipc", "--"];
  const trial = ["/bin/sh", "-c", TRIAL, "trial", folder, tmpdir()];
  try {
    await run("unshare", [...namespaces, ...trial], { timeout: TRIAL_TIMEOUT });
    return undefined;
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? "").trim();
    return `containers from images need namespaces, overlayfs and veth: ${said || String(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
