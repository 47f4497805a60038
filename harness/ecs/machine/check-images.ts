import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findCommand, thisSystem } from "../programs/operating-system.ts";

const run = promisify(execFile);

/** Milliseconds. */
const TRIAL_TIMEOUT = 5_000;

/** The programs that build a container's root and network, and their Debian packages. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: "iproute2",
  iptables: "iptables",
  mount: "mount",
  nsenter: "util-linux",
  setpriv: "util-linux",
  unshare: "util-linux",
};

/** Mounts an overlay and connects two networks, as for a container. All of it ends with the namespaces. */
const TRIAL = `mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir lower upper work root &&
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root &&
ip link add one type veth peer name other && echo 1 >/proc/sys/net/ipv4/conf/one/route_localnet &&
iptables --table nat --append POSTROUTING --match comment --comment trial --jump MASQUERADE`;

/** The result of the trial, which is done once. */
let tried: Promise<string | undefined> | undefined;

/** Why this machine cannot give containers networks, and roots from images; undefined if it can. */
export const whyNoImages = (): Promise<string | undefined> => (tried ??= tryAll());

async function tryAll(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "networks and images of containers need root";
  const missing = Object.keys(PROGRAMS).find(
    (name) => findCommand(thisSystem(), name) === undefined,
  );
  if (missing !== undefined) {
    return `networks and images of containers need ${missing} (Debian's package ${PROGRAMS[missing]})`;
  }
  const words = [
    "--pid",
    "--fork",
    "--mount",
    "--net",
    "--uts",
    "--ipc",
    "--",
    "/bin/sh",
    "-c",
    TRIAL,
  ];
  try {
    await run("unshare", words, { timeout: TRIAL_TIMEOUT });
    return undefined;
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    return `networks and images of containers need namespaces, overlayfs, veth and NAT: ${stderr.trim() || String(error)}`;
  }
}
