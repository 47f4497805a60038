import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { findCommand, thisSystem } from "../programs/operating-system.ts";

const run = promisify(execFile);

/** Milliseconds. */
const TRIAL_TIMEOUT = 5_000;

/** The programs that build a container's network and root, and their Debian packages. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: "iproute2",
  iptables: "iptables",
  mount: "mount",
  nsenter: "util-linux",
  setpriv: "util-linux",
  unshare: "util-linux",
};

/** Connects two networks, as for a container. All of it ends with the namespaces. */
const NETWORKS = `ip link add one type veth peer name other &&
echo 1 >/proc/sys/net/ipv4/conf/one/route_localnet &&
iptables --table nat --append POSTROUTING --match comment --comment trial --jump MASQUERADE`;

/**
 * Mounts an overlay in the folder $1. An overlay cannot lie on another one, as a container's own files often do. The trial removes
 * its folder itself: it goes on when the harness is killed.
 */
const OVERLAY = `folder=$(mktemp -d "$1/overlay-XXXXXX") || exit
trap 'cd /; umount "$folder/root" 2>/dev/null; rm -r "$folder"' EXIT
cd "$folder" && mkdir lower upper work root || exit
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root 2>/dev/null && exit
echo "no overlay can be mounted in $1; in a container, mount a volume there" >&2; exit 1`;

/** The results of the trials. Each is done once. */
const results = new Map<string, Promise<string | undefined>>();

function once(trial: string): Promise<string | undefined> {
  const result = results.get(trial) ?? whyNot(trial);
  results.set(trial, result);
  return result;
}

/** Why this machine cannot give containers networks of their own; undefined if it can. */
export async function whyNoNetworks(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "networks of containers need root";
  const missing = Object.keys(PROGRAMS).find(
    (name) => findCommand(thisSystem(), name) === undefined,
  );
  if (missing !== undefined) {
    return `networks of containers need ${missing} (Debian's package ${PROGRAMS[missing]})`;
  }
  const why = await once(NETWORKS);
  return why && `networks of containers need namespaces, veth and NAT: ${why}`;
}

/** Why this machine cannot run containers from images, which have networks of their own; undefined if it can. */
export async function whyNoImages(): Promise<string | undefined> {
  const network = await whyNoNetworks();
  if (network !== undefined) return network;
  if (findCommand(thisSystem(), "crun") === undefined) {
    return "containers from images need crun (Debian's package crun)";
  }
  const why = await once(OVERLAY);
  return why && `containers from images need overlayfs: ${why}`;
}

async function whyNot(trial: string): Promise<string | undefined> {
  const namespaces = ["--pid", "--fork", "--mount", "--net", "--uts", "--ipc", "--"];
  const words = ["/bin/sh", "-c", trial, "trial", tmpdir()];
  try {
    await run("unshare", [...namespaces, ...words], { timeout: TRIAL_TIMEOUT });
    return undefined;
  } catch (error) {
    return ((error as { stderr?: string }).stderr ?? "").trim() || String(error);
  }
}
