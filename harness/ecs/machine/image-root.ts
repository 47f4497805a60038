import type { UserIds } from "../terraform/plan/plan.ts";

/** A file that replaces another file. */
export interface FileMount {
  readonly file: string;
  /** The path of the replaced file in the container. */
  readonly at: string;
}

/** The root file system of a container that runs from an image. */
export interface ImageRoot {
  /** The image's files. They are not changed: many containers share them. */
  readonly image: string;
  /** An empty folder of the container, for what it changes. */
  readonly folder: string;
  readonly hostname: string;
  /** Folders of this machine, by path in the container. */
  readonly mounts: readonly {
    readonly path: string;
    readonly folder: string;
    readonly readOnly: boolean;
  }[];
  /** File systems in memory, with mount options. */
  readonly memory: readonly { readonly path: string; readonly options: string }[];
  readonly files: readonly FileMount[];
  readonly isReadOnly: boolean;
  readonly user: UserIds;
  readonly workingDirectory: string;
}

/** What Docker lets a container do: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
const CAPABILITIES = [
  "chown",
  "dac_override",
  "fowner",
  "fsetid",
  "kill",
  "setgid",
  "setuid",
  "setpcap",
  "net_bind_service",
  "net_raw",
  "sys_chroot",
  "mknod",
  "audit_write",
  "setfcap",
];

/**
 * PID 1 of the container's namespaces builds its root, moves it over /, and becomes the program. All programs before that
 * are this machine's, so an image needs none. A path that leads out of the root, by a link in the image, is refused.
 */
const ENTER = `path=$PATH PATH=/usr/sbin:/usr/bin:/sbin:/bin
image=$1 own=$2 name=$3; shift 3
root=$own/root
fail() { echo "cannot make the container's root: $1" >&2; exit 125; }
mkdir -p "$own/changes" "$own/work" "$root" || fail "$own"
chmod --reference="$image" "$own/changes" && chown --reference="$image" "$own/changes"
mount -t overlay overlay -o "lowerdir=$image,upperdir=$own/changes,workdir=$own/work" "$root" || fail overlay
cd "$root" || fail "$root"
echo "$name" >/proc/sys/kernel/hostname
within() {
  at=$(realpath -m ".$1")
  case $at in "$root" | "$root"/*) ;; *) fail "$1 leads out of it" ;; esac
}
mkdir -p proc sys dev
mount -t proc -o nosuid,nodev,noexec proc proc || fail /proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys || fail /sys
mount -t tmpfs -o nosuid,mode=755,size=64k tmpfs dev || fail /dev
for each in null zero full random urandom tty; do : >dev/$each; mount --bind /dev/$each dev/$each; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts || fail /dev/pts
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m tmpfs dev/shm || fail /dev/shm
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
for each in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${each%:*}" "dev/\${each#*:}"; done
for each in kcore keys timer_list sched_debug; do [ ! -e proc/$each ] || mount --bind /dev/null proc/$each; done
for each in bus fs irq sys sysrq-trigger; do [ ! -e proc/$each ] || { mount --bind proc/$each proc/$each && mount -o remount,bind,ro proc/$each; }; done
read_only=
while [ "$1" != -- ]; do
  case $1 in
  folder | read-only-folder) within "$3"; mkdir -p "$at" && mount --bind "$2" "$at" || fail "$3"
    [ "$1" = folder ] || mount -o remount,bind,ro "$at" || fail "$3" ;;
  memory) within "$3"; mkdir -p "$at" && mount -t tmpfs -o "$2" tmpfs "$at" || fail "$3" ;;
  file) within "$3"; mkdir -p "\${at%/*}" && : >>"$at" && mount --bind "$2" "$at" || fail "$3" ;;
  directory) within "$3"; mkdir -p "$at" || fail "$3" ;;
  read-only-root) read_only=1 ;;
  esac
  shift 3
done
shift
[ -z "$read_only" ] || mount -o remount,bind,ro . || fail "a read-only root"
mount --move . / || fail "the move over /"
PATH=$path
exec "$@"`;

/** The argv of a program in an image's root. It must be the first program of new namespaces for PIDs, mounts, names and IPC. */
export function inImageRoot(argv: readonly string[], root: ImageRoot): readonly string[] {
  const { image, folder, hostname, mounts, memory, files, isReadOnly, workingDirectory } = root;
  const words = [
    ...memory.flatMap(({ path, options }) => ["memory", options, path]),
    ...mounts.flatMap(({ path, folder: from, readOnly }) => [
      readOnly ? "read-only-folder" : "folder",
      from,
      path,
    ]),
    ...files.flatMap(({ file, at }) => ["file", file, at]),
    // As in Docker, a missing one is created.
    "directory",
    "",
    workingDirectory,
    ...(isReadOnly ? ["read-only-root", "", ""] : []),
  ];
  return [
    "/bin/sh",
    "-c",
    ENTER,
    "enter",
    image,
    folder,
    hostname,
    ...words,
    "--",
    ...inside(argv, root),
  ];
}

/** The last steps, in the moved root: the capabilities, then the user, then the program. */
function inside(argv: readonly string[], { user, workingDirectory }: ImageRoot): readonly string[] {
  const kept = CAPABILITIES.map((name) => `+${name}`).join(",");
  return [
    "/usr/bin/setpriv",
    `--bounding-set=-all,${kept}`,
    "--inh-caps=-all",
    "--",
    "/usr/bin/unshare",
    "--root=.",
    `--wd=${workingDirectory}`,
    `--setgid=${user.gid}`,
    `--setuid=${user.uid}`,
    "--",
    ...argv,
  ];
}

/** Whether a process has become the program: until then it would lose signals. */
export const isEntering = (commandLine: string): boolean =>
  commandLine.includes(ENTER) || /^\/usr\/bin\/(?:setpriv|unshare|prlimit)\0/.test(commandLine);

/**
 * The argv of another program in a running container.
 * @param pid of the container's first process
 */
export const besideInImageRoot = (
  pid: number,
  argv: readonly string[],
  { user, workingDirectory }: ImageRoot,
): readonly string[] => [
  "/usr/bin/nsenter",
  "--target",
  String(pid),
  "--pid",
  "--mount",
  "--net",
  "--uts",
  "--ipc",
  "--root",
  `--wdns=${workingDirectory}`,
  `--setgid=${user.gid}`,
  `--setuid=${user.uid}`,
  "--",
  ...argv,
];
