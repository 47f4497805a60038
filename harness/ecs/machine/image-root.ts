import type { UserIds } from "../terraform/plan/plan.ts";

/** An absolute path, because it may not be on the container's PATH. */
export const PERL = "/usr/bin/perl";

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

/**
 * The numbers of what Docker lets a container do, as in capability.h.
 * https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
 */
const CAPABILITIES = {
  chown: 0,
  dac_override: 1,
  fowner: 3,
  fsetid: 4,
  kill: 5,
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  net_bind_service: 10,
  net_raw: 13,
  sys_chroot: 18,
  mknod: 27,
  audit_write: 29,
  setfcap: 31,
} as const;

/** The numbers of prctl(2), capset(2), mount(2), memfd_create(2), execveat(2), unshare(2) and clone(2), and the architecture's in audit.h. */
const [PRCTL, CAPSET, MOUNT, MEMFD_CREATE, EXECVEAT, UNSHARE, CLONE, ARCHITECTURE] =
  process.arch === "arm64"
    ? [167, 91, 40, 279, 281, 97, 220, 0xc00000b7]
    : [157, 126, 165, 319, 322, 272, 56, 0xc000003e];

/** The number of close_range(2), of Linux 5.9: this machine's files may be open in what started the run. */
const CLOSE_RANGE = 436;

/** Before the names of the container's variables, until its program starts. */
const HIDDEN = "PROGRAM_";

/** Variables as this machine's programs may see them: they must not load a library that an image names in LD_PRELOAD. */
export const hidden = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [`${HIDDEN}${name}`, value]));

/** Mounts the file $ARGV[0] over the file $ARGV[1] of this folder, which is created if it is missing. No link is followed: mount(8) does, in some versions. */
const OVER_FILE = `use Fcntl;
sysopen(my $file, $ARGV[1], O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644) or die "$!\\n";
my $at = "/proc/self/fd/" . fileno $file;
syscall(${MOUNT}, $ARGV[0], $at, 0, 4096, 0) == 0 or die "$!\\n"`;

/**
 * The step before the last: becomes a copy of perl in memory that nobody can change. The container's program may be a
 * script for /proc/self/exe, and would run what runs it: by that name it would reach, and overwrite, this machine's perl.
 * By the descriptor, not by a path: the folder in which this runs is the container's, and so may be its /proc.
 */
const SEAL = `my $fd = syscall(${MEMFD_CREATE}, my $name = "perl", 2);
open my $copy, "+<&=", $fd or die "$!\\n";
open my $perl, "<", "${PERL}" or die "$!\\n";
binmode $copy; binmode $perl; { local $/; print $copy scalar <$perl>; } $copy->flush;
fcntl $copy, 1033, 15 or die "seals: $!\\n";
$^F = $fd;
my @words = ("perl", "-e", @ARGV);
my @env = map { "$_=$ENV{$_}" } keys %ENV;
syscall ${EXECVEAT}, $fd, my $none = "", pack("p*", @words, undef), pack("p*", @env, undef), 4096;
die "exec: $!\\n";`;

/** For seccomp(2), as Docker's: no new user namespace, where root could mount this machine's cgroups. */
const FILTER = [
  [0x20, 0, 0, 4], // the architecture: another one's calls have other numbers
  [0x15, 0, 9, ARCHITECTURE],
  [0x20, 0, 0, 0], // the call
  [0x35, 7, 0, 0x4000_0000], // x32
  [0x15, 5, 0, 435], // clone3, whose flags a filter cannot see: libc then uses clone
  [0x15, 1, 0, UNSHARE],
  [0x15, 0, 2, CLONE],
  [0x20, 0, 0, 16], // its flags
  [0x45, 2, 0, 0x1000_0000], // CLONE_NEWUSER
  [0x06, 0, 0, 0x7fff_0000], // allowed
  [0x06, 0, 0, 0x0005_0026], // ENOSYS
  [0x06, 0, 0, 0x0005_0001], // EPERM
];

/**
 * The last step, in the moved root: becomes the container's program. One process does it, and has all capabilities until then: so
 * the container's other programs cannot look at it, nor through it at this machine's files.
 * The arguments are the user, the group, the working directory, and the program.
 */
const BECOME = `use POSIX ();
my ($uid, $gid, $folder, @program) = @ARGV;
if (syscall(${CLOSE_RANGE}, 3, 0xffff_ffff, 0) != 0) { POSIX::close($_) for 3 .. 1023 }
my %kept = map { $_ => 1 } ${Object.values(CAPABILITIES).join(", ")};
for (grep { !$kept{$_} && syscall(${PRCTL}, 23, $_, 0, 0, 0) == 1 } 0 .. 63) {
  syscall(${PRCTL}, 24, $_, 0, 0, 0) == 0 or die "capability $_: $!\\n";
}
my $filter = pack "(SCCL)*", ${FILTER.flat().join(", ")};
syscall(${PRCTL}, 22, 2, pack("S x6 P", ${FILTER.length}, $filter), 0, 0) == 0 or die "filter: $!\\n";
chroot "." or die "root: $!\\n";
# Standard input is this machine's /dev/null, whose mode a descriptor can change: instead a pipe that has ended.
if (-c STDIN && (stat STDIN)[6] == 259) { pipe(my $empty, my $end) or die "$!\\n"; POSIX::dup2(fileno $empty, 0) }
# From here on paths are the container's. One may be a link to the /proc/PID/root of another program on its way in, which this must not follow.
my $set = 0; $set |= 1 << $_ for keys %kept;
syscall(${CAPSET}, my $header = pack("LL", 0x20080522, 0), my $sets = pack("L6", $set, $set, 0, 0, 0, 0)) == 0 or die "capabilities: $!\\n";
chdir $folder or die "working directory $folder: $!\\n";
$) = "$gid $gid";
POSIX::setgid($gid) && POSIX::setuid($uid) && $) =~ /^$gid(?: $gid)*$/ or die "user $uid:$gid: $!\\n";
%ENV = map { /^${HIDDEN}(.*)/s ? ($1 => $ENV{$_}) : () } keys %ENV;
exec { $program[0] } @program;
print STDERR "exec: $program[0]: $!\\n";
exit($! == 2 ? 127 : 126);`;

/**
 * PID 1 of the container's namespaces builds its root, moves it over /, and becomes the program. All programs before that
 * are this machine's, so an image needs none. A path that leads out of the root, by a link in the image, is refused. Other
 * containers may change the links of a shared volume meanwhile: `reach` enters each folder and looks where it is, and a mount is
 * made where the shell or a descriptor is. No device works but those of /dev here, and their modes are this machine's, so these
 * are read-only. This machine's /proc and /sys are unmounted: the kernel lets a user namespace mount a whole one where one is.
 */
const ENTER = `PATH=/usr/sbin:/usr/bin:/sbin:/bin
image=$1 own=$2 name=$3; shift 3
root=$own/root mount=$own/mount
fail() { echo "cannot make the container's root: $1" >&2; exit 125; }
mkdir -p "$own/changes" "$own/work" "$root" "$mount" || fail "$own"
chmod --reference="$image" "$own/changes" && chown --reference="$image" "$own/changes"
mount -t overlay overlay -o "nodev,lowerdir=$image,upperdir=$own/changes,workdir=$own/work" "$root" || fail overlay
echo "$name" >/proc/sys/kernel/hostname
within() {
  cd "$root" && to=$(realpath -m ".$1") || fail "$1"
  case $to in "$root" | "$root"/*) ;; *) fail "$1 leads out of it" ;; esac
}
reach() {
  cd "$root" || fail "$root"
  at=$root; set -f; IFS=/; set -- \${1#"$root"}; unset IFS; set +f
  for each; do
    [ -n "$each" ] || continue
    at=$at/$each; mkdir "$each" 2>/dev/null
    cd -P "./$each" && [ "$(pwd -P)" = "$at" ] || fail "\${at#"$root"} is not a folder"
  done
}
for each in /proc /sys /dev; do reach "$root$each"; done
cd "$root" || fail "$root"
mount -t proc -o nosuid,nodev,noexec proc proc || fail /proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys || fail /sys
mount -t tmpfs -o nosuid,nodev,mode=755,size=64k tmpfs dev || fail /dev
for each in null zero full random urandom tty; do
  : >dev/$each; mount --bind /dev/$each dev/$each && mount -o remount,bind,ro dev/$each || fail "/dev/$each"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts || fail /dev/pts
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m tmpfs dev/shm || fail /dev/shm
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
for each in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${each%:*}" "dev/\${each#*:}"; done
for each in kcore keys latency_stats timer_list sched_debug; do [ ! -e proc/$each ] || mount --bind dev/null proc/$each; done
for each in proc/acpi proc/asound proc/scsi sys/firmware sys/devices/virtual/powercap; do [ ! -d $each ] || mount -t tmpfs -o ro,size=0 tmpfs $each || fail $each; done
for each in bus fs irq sys sysrq-trigger; do [ ! -e proc/$each ] || { mount --bind proc/$each proc/$each && mount -o remount,bind,ro proc/$each; }; done
read_only=
while [ "$1" != -- ]; do
  case $1 in
  folder | read-only-folder) cd -P "$2" && [ "$(pwd -P)" = "$2" ] || fail "$2 is not a folder"
    mount --no-canonicalize --bind . "$mount" || fail "$3"
    case $1 in folder) options=nodev ;; *) options=nodev,ro ;; esac
    mount -o remount,bind,$options "$mount" && within "$3" && reach "$to" && mount --no-canonicalize --move "$mount" . || fail "$3" ;;
  memory) within "$3"; reach "$to"; mount --no-canonicalize -t tmpfs -o "$2" tmpfs . || fail "$3" ;;
  file) within "$3"; reach "\${to%/*}"; ${PERL} -e '${OVER_FILE}' "$2" "\${to##*/}" || fail "$3" ;;
  directory) within "$3"; reach "$to" ;;
  read-only-root) read_only=1 ;;
  esac
  shift 3
done
shift
cd "$root" || fail "$root"
[ -z "$read_only" ] || mount -o remount,bind,nodev,ro . || fail "a read-only root"
while read -r _ at type _; do
  case $type:$at in *:"$root"/*) ;; proc:* | sysfs:*) echo "$at" ;; esac
done </proc/self/mounts | sort -r | while read -r at; do umount -l "$at" || exit; done || fail "this machine's /proc and /sys"
mount --move . / || fail "the move over /"
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

/** The last steps, in the moved root. */
const inside = (
  argv: readonly string[],
  { user, workingDirectory }: ImageRoot,
): readonly string[] => [
  "/usr/bin/setpriv",
  "--inh-caps=-all",
  "--",
  PERL,
  "-e",
  SEAL,
  "--",
  BECOME,
  "--",
  String(user.uid),
  String(user.gid),
  workingDirectory,
  ...argv,
];

/** Whether a process has become the program: until then it would lose signals. */
export const isEntering = (commandLine: string): boolean =>
  commandLine.includes(ENTER) ||
  commandLine.includes(BECOME) ||
  /^\/usr\/bin\/(?:setpriv|prlimit)\0/.test(commandLine);

/**
 * The argv of another program in a running container. It stays in this machine's root until the last step.
 * @param pid of the container's first process
 */
export const besideInImageRoot = (
  pid: number,
  argv: readonly string[],
  root: ImageRoot,
): readonly string[] => [
  "/usr/bin/nsenter",
  "--target",
  String(pid),
  "--pid",
  "--mount",
  "--net",
  "--uts",
  "--ipc",
  "--root=/",
  `--wd=/proc/${pid}/root`,
  "--",
  ...inside(argv, root),
];
