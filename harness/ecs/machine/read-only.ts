import { existsSync, readFileSync } from "node:fs";

/** The read-only part of a container's file system. */
export interface ReadOnly {
  /** Folders on this machine. */
  readonly folders: readonly string[];
  /** Paths that stay writable while the rest is read-only; undefined: everything is writable. */
  readonly rootExcept: readonly string[] | undefined;
}

/** Applies the mounts before `--` in a private namespace, then execs the command after it. */
const MOUNT = `while [ "$1" != -- ]; do
  at=\${1#*=}
  case $1 in
    keep=*) mount --rbind "$at" "$at" || exit ;;
    read-only=*) mount --rbind "$at" "$at" && mount -o remount,bind,ro "$at" || exit ;;
    remount=/) mount -o remount,bind,ro / || exit ;;
    remount=*) mount -o remount,bind,ro "$at" 2>/dev/null || : ;;
  esac
  shift
done
shift
exec "$@"`;

/**
 * The argv of a program for which some folders, or all folders except some, are read-only.
 * @param mounts this machine's mounts, as in proc_pid_mounts(5)
 */
export function withReadOnly(
  { folders, rootExcept }: ReadOnly,
  argv: readonly string[],
  mounts = readFileSync("/proc/self/mounts", "utf8"),
): readonly string[] {
  const words = [
    ...(rootExcept ? wordsForRoot(rootExcept, mounts) : []),
    ...folders.map((path) => `read-only=${path}`),
  ];
  if (words.length === 0) return argv;
  const program = ["/bin/sh", "-c", MOUNT, "mount", ...words, "--", ...argv];
  return ["/usr/bin/unshare", "--mount", "--", ...program];
}

/** Paths that stay writable become separate mounts before the rest becomes read-only. */
function wordsForRoot(except: readonly string[], mounts: string): string[] {
  const kept = except.filter((path) => existsSync(path));
  const isKept = (point: string): boolean =>
    kept.some((path) => point === path || point.startsWith(`${path}/`));
  const others = mountPoints(mounts).filter((point) => !isKept(point));
  return [...kept.map((path) => `keep=${path}`), ...others.map((path) => `remount=${path}`)];
}

/** Devices and the kernel's file systems are not changed, as in a container. */
const KERNEL = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** The mount points. In proc_pid_mounts(5) a space is written as \040. */
function mountPoints(mounts: string): string[] {
  const points = mounts
    .trim()
    .split("\n")
    .map((line) =>
      (line.split(" ")[1] ?? "").replaceAll(/\\(\d{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    );
  return [...new Set(points)].filter((point) => !KERNEL.test(point));
}
