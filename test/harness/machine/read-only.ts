import { existsSync, readFileSync } from "node:fs";

/** What a container may not write to; all that is not named it may. */
export interface ReadOnly {
  /** Folders on this machine; not what is kept writable within them. */
  readonly folders: readonly string[];
  /** The whole file system but for these paths; undefined: writable as it is. */
  readonly rootExcept: readonly string[] | undefined;
}

/** Mounts in a namespace of its own what the words before `--` say, then becomes the program after it. */
const MOUNT = `while [ "$1" != -- ]; do
  at=\${1#*=}
  case $1 in
    keep=*) mount --bind "$at" "$at" || exit ;;
    read-only=*) mount --rbind "$at" "$at" && mount -o remount,bind,ro "$at" || exit ;;
    remount=/) mount -o remount,bind,ro / || exit ;;
    remount=*) mount -o remount,bind,ro "$at" 2>/dev/null || : ;;
  esac
  shift
done
shift
exec "$@"`;

/** The argv of a program to which folders, or all but some, are read-only. */
export function withReadOnly(
  { folders, rootExcept }: ReadOnly,
  argv: readonly string[],
): readonly string[] {
  const words = [
    ...(rootExcept ?? []).filter((path) => existsSync(path)).map((path) => `keep=${path}`),
    ...(rootExcept ? mountPoints().map((path) => `remount=${path}`) : []),
    ...folders.map((path) => `read-only=${path}`),
  ];
  if (words.length === 0) return argv;
  return [
    "/usr/bin/unshare",
    "--mount",
    "--",
    "/bin/sh",
    "-c",
    MOUNT,
    "mount",
    ...words,
    "--",
    ...argv,
  ];
}

/** Devices and what the kernel tells stay as they are, as in a container. */
const KERNEL = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** Where this machine's file systems are mounted; proc_pid_mounts(5) writes a space as \040. */
function mountPoints(): string[] {
  const mounted = readFileSync("/proc/self/mounts", "utf8").trim().split("\n");
  const points = mounted.map((line) =>
    (line.split(" ")[1] ?? "").replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
  );
  return [...new Set(points)].filter((point) => !KERNEL.test(point));
}
