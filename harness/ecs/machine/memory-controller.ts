import { readFileSync } from "node:fs";
import path from "node:path";
import { HarnessError } from "../base/errors.ts";

/** The kernel's memory controller, and the cgroup below which a run makes its own. */
export interface MemoryController {
  /** https://docs.kernel.org/admin-guide/cgroup-v1/memory.html or https://docs.kernel.org/admin-guide/cgroup-v2.html */
  readonly version: 1 | 2;
  readonly folder: string;
}

/**
 * In version 1 a run's cgroups are below the one of this process. In version 2 a cgroup with processes cannot limit its
 * children, so they are below the nearest one above that does: a slice of systemd, for example.
 * @param cgroups as in cgroups(7), /proc/self/cgroup
 * @param mounts as in proc_pid_mountinfo(5)
 * @throws HarnessError ERR_PLATFORM if there is none
 */
export function findMemoryController(
  cgroups = readFileSync("/proc/self/cgroup", "utf8"),
  mounts = readFileSync("/proc/self/mountinfo", "utf8"),
): MemoryController {
  const first = ownFolder(cgroups, mounts, 1);
  if (first !== undefined) return { version: 1, folder: first.own };
  const second = ownFolder(cgroups, mounts, 2);
  if (second === undefined) throw none("no memory controller is mounted");
  const folder = foldersUpTo(second.mount, second.own).find(limitsChildren);
  if (folder !== undefined) return { version: 2, folder };
  throw none("no cgroup above this process limits its children (cgroup.subtree_control)");
}

const none = (why: string): HarnessError => new HarnessError("ERR_PLATFORM", why);

interface OwnFolder {
  readonly mount: string;
  /** The folder of this process's cgroup. */
  readonly own: string;
}

function ownFolder(cgroups: string, mounts: string, version: 1 | 2): OwnFolder | undefined {
  const cgroup = cgroups
    .split("\n")
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? [])
    .find(([, names = "-"]) =>
      version === 1 ? names.split(",").includes("memory") : names === "",
    )?.[2];
  const found = mounts
    .split("\n")
    .map(mountOf)
    .find(version === 1 ? isFirst : isSecond);
  if (cgroup === undefined || found === undefined) return undefined;
  // A container may see a part of the hierarchy.
  const inside = path.relative(found.root, cgroup);
  return { mount: found.at, own: inside.startsWith("..") ? found.at : path.join(found.at, inside) };
}

interface Mount {
  readonly type: string | undefined;
  readonly options: string;
  /** The mounted part of the hierarchy. */
  readonly root: string;
  readonly at: string;
}

function mountOf(line: string): Mount {
  const [mount = "", system = ""] = line.split(" - ");
  const [, , , root = "/", at = "/"] = mount.split(" ");
  const [type, , options = ""] = system.split(" ");
  return { type, options, root, at };
}

const isFirst = ({ type, options }: Mount): boolean =>
  type === "cgroup" && options.split(",").includes("memory");
const isSecond = ({ type }: Mount): boolean => type === "cgroup2";

/** A folder and those above it, the nearest first. */
function foldersUpTo(top: string, folder: string): string[] {
  return folder === top ? [top] : [folder, ...foldersUpTo(top, path.dirname(folder))];
}

function limitsChildren(folder: string): boolean {
  try {
    const names = readFileSync(path.join(folder, "cgroup.subtree_control"), "utf8");
    return names.trim().split(" ").includes("memory");
  } catch {
    return false;
  }
}
