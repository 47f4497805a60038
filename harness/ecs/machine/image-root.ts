import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Ulimit } from "../terraform/plan/container-definition.ts";
import type { UserIds } from "../terraform/plan/plan.ts";
import { HarnessError } from "../base/errors.ts";

/** A file that replaces another file. */
export interface FileMount {
  readonly file: string;
  /** The path of the replaced file in the container. */
  readonly at: string;
}

/** A program that starts another one in a container. */
export interface ProgramBeside {
  readonly argv: readonly string[];
  /** Variables beside the container's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** The root file system of a container that runs from an image, and what its programs have. */
export interface ImageRoot {
  /** The image's files. They are not changed: many containers share them. */
  readonly image: string;
  /** A folder of the container, for what it changes and for the files of its runtime. Only this user may enter it. */
  readonly folder: string;
  readonly hostname: string;
  /** Folders of this machine, by path in the container. */
  readonly mounts: readonly {
    readonly path: string;
    readonly folder: string;
    readonly readOnly: boolean;
  }[];
  /** File systems in memory, with mount options. */
  readonly memory: readonly { readonly path: string; readonly options: readonly string[] }[];
  readonly files: readonly FileMount[];
  readonly isReadOnly: boolean;
  readonly user: UserIds;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ulimits: readonly Ulimit[];
}

/**
 * What Docker lets root do in a container, but for mknod: here no cgroup says which devices may be opened.
 * https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
 */
const CAPABILITIES =
  "CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT AUDIT_WRITE SETFCAP"
    .split(" ")
    .map((name) => `CAP_${name}`);

/**
 * What Docker's default profile refuses, as far as a program could do it without more capabilities.
 * https://docs.docker.com/engine/security/seccomp/
 */
const REFUSED_CALLS = [
  // New namespaces: root of a user namespace could mount this machine's cgroups.
  ..."unshare setns mount umount2 move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr pivot_root".split(
    " ",
  ),
  // The kernel's keys are those of the user, in all containers.
  ..."add_key keyctl request_key".split(" "),
  ..."bpf perf_event_open userfaultfd io_uring_setup name_to_handle_at open_by_handle_at".split(
    " ",
  ),
];
const NEW_USER_NAMESPACE = 0x1000_0000;
const ENOSYS = 38;
/** Sockets of the kernel's cryptography, and of virtual machines: no network namespace holds the latter. */
const [AF_ALG, AF_VSOCK] = [38, 40];

const refused = (names: readonly string[], args?: readonly object[]): object => ({
  names,
  action: "SCMP_ACT_ERRNO",
  ...(args && { args }),
});

const SECCOMP = {
  defaultAction: "SCMP_ACT_ALLOW",
  // The calls of each have numbers of their own. A program of another one is killed.
  architectures:
    process.arch === "arm64"
      ? ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
      : ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  syscalls: [
    refused(REFUSED_CALLS),
    refused(
      ["clone"],
      [
        {
          index: 0,
          value: NEW_USER_NAMESPACE,
          valueTwo: NEW_USER_NAMESPACE,
          op: "SCMP_CMP_MASKED_EQ",
        },
      ],
    ),
    // A filter cannot see its flags. Without it, libc uses clone.
    { ...refused(["clone3"]), errnoRet: ENOSYS },
    // Of its argument, the kernel reads 32 bits.
    ...[AF_ALG, AF_VSOCK].map((family) =>
      refused(
        ["socket"],
        [{ index: 0, value: 0xffff_ffff, valueTwo: family, op: "SCMP_CMP_MASKED_EQ" }],
      ),
    ),
  ],
};

/** Docker's, as in https://github.com/moby/moby/blob/master/daemon/pkg/oci/defaults.go */
const MASKED =
  "/proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware /sys/devices/virtual/powercap".split(
    " ",
  );
const READ_ONLY = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger".split(" ");

/**
 * The last mounts, so that no folder lies over them, wherever a link of the image leads: the runtime opens /dev/null with all its rights.
 */
const KERNEL_MOUNTS = [
  mountOf("proc", "/proc", "nosuid noexec nodev"),
  mountOf("sysfs", "/sys", "nosuid noexec nodev ro"),
  mountOf("tmpfs", "/dev", "nosuid strictatime mode=755 size=64k"),
  mountOf("devpts", "/dev/pts", "nosuid noexec newinstance ptmxmode=0666 mode=0620 gid=5"),
];

/**
 * Fails the start if a mount lies over the root: a link may lead there, of the image, of an earlier start, or in a volume that another
 * container changes at this moment. The kernel's folders would lie below it, and the runtime would open as /dev/null what the volume says.
 * Run between the mounts and the move of the root. The runtime's error has only its name.
 */
const UNCOVERED = `#!/bin/sh
PATH=/usr/bin:/bin
[ "$(stat -f -c %T "$1")" = overlayfs ]
`;

/** Which a definition may replace: it lies in the new /dev, where there is no link. */
const SHARED_MEMORY = "/dev/shm";
const KERNELS = /^\/(?:$|(?:proc|sys|dev)(?:\/|$))/;

interface Mount {
  readonly type: string;
  readonly source: string;
  /** The path in the container. */
  readonly destination: string;
  readonly options: readonly string[];
}

function mountOf(type: string, at: string, options: string, source = type): Mount {
  return { type, source, destination: path.posix.resolve("/", at), options: options.split(" ") };
}

/** A program of a container, as https://github.com/opencontainers/runtime-spec/blob/main/config.md#process */
function programOf(
  argv: readonly string[],
  { user: { uid, gid }, workingDirectory, env, ulimits }: ImageRoot,
  fileSize?: number,
): object {
  const limits = ulimits.map(({ name, softLimit: soft, hardLimit: hard }) => ({
    type: `RLIMIT_${name.toUpperCase()}`,
    soft,
    hard,
  }));
  const own = uid === 0 ? CAPABILITIES : [];
  return {
    terminal: false,
    user: { uid, gid, additionalGids: [gid] },
    args: argv,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    cwd: workingDirectory,
    capabilities: { bounding: CAPABILITIES, permitted: own, effective: own },
    rlimits:
      fileSize === undefined
        ? limits
        : [
            ...limits.filter(({ type }) => type !== "RLIMIT_FSIZE"),
            { type: "RLIMIT_FSIZE", soft: fileSize, hard: -1 },
          ],
  };
}

/** Where the runtime finds a folder of the container. */
const heldAs = ({ folder }: ImageRoot, index: number): string => `${folder}/held/${index}`;

/**
 * Writes what the runtime reads about a container, before {@link inImageRoot} starts.
 * @param fileSize bytes that its files may have, while its volumes are full
 * @throws HarnessError ERR_UNSUPPORTED for a mount at a path of the kernel's
 */
export function describeContainer(
  argv: readonly string[],
  root: ImageRoot,
  fileSize?: number,
): void {
  const { folder, hostname, mounts, memory, files, isReadOnly } = root;
  const own: Mount[] = [
    ...memory.map(({ path: at, options }) => mountOf("tmpfs", at, options.join(" "))),
    ...mounts.map(({ path: at, readOnly }, index) =>
      mountOf("bind", at, `bind nodev ${readOnly ? "ro" : "rw"}`, heldAs(root, index)),
    ),
    ...files.map(({ file, at }) => mountOf("bind", at, "bind", file)),
  ];
  const shared = own.filter(({ destination }) => destination === SHARED_MEMORY);
  const others = own.filter((mount) => !shared.includes(mount));
  const covered = others.find(({ destination }) => KERNELS.test(destination));
  if (covered !== undefined) {
    const message = `nothing can be mounted at ${covered.destination}: of the kernel's folders only at ${SHARED_MEMORY}`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const hook = path.join(folder, "no-mount-covers-the-root");
  const at = path.join(folder, "root");
  writeFileSync(hook, UNCOVERED, { mode: 0o700 });
  write(path.join(folder, "config.json"), {
    ociVersion: "1.0.2",
    process: programOf(argv, root, fileSize),
    root: { path: at, readonly: isReadOnly },
    hooks: { createContainer: [{ path: hook, args: [hook, at] }] },
    hostname,
    mounts: [
      ...others,
      ...KERNEL_MOUNTS,
      mountOf("tmpfs", SHARED_MEMORY, "nosuid noexec nodev mode=1777 size=64m"),
      ...shared,
    ],
    linux: {
      // The network is the one in which the runtime starts.
      namespaces: ["pid", "mount", "uts", "ipc"].map((type) => ({ type })),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
      seccomp: SECCOMP,
    },
  });
}

/** Only this user may read the values of secrets. */
const write = (file: string, content: object): void =>
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });

/**
 * The runtime of Podman. It has no cgroups: the processes are in the one in which it starts. Version 1.8 refuses a machine with
 * both versions of them even so, therefore it sees none.
 */
const RUNTIME = 'crun --root "$own/state" --cgroup-manager=disabled';
const NAME = "container";

/**
 * Builds the container's root in a mount namespace of its own, and becomes the runtime. Other containers may change the links
 * of a volume that they share meanwhile: so the runtime gets folders that are held, not their paths.
 * Standard input is no device of this machine, whose mode a descriptor could change.
 */
const ENTER = `PATH=/usr/sbin:/usr/bin:/sbin:/bin
image=$1 own=$2; shift 2
fail() { echo "cannot make the container's root: $1" >&2; exit 125; }
rm -rf "$own/state"
mkdir -p "$own/changes" "$own/work" "$own/root" "$own/held" || fail "$own"
chmod --reference="$image" "$own/changes" && chown --reference="$image" "$own/changes"
for each in proc sys dev; do [ ! -L "$image/$each" ] && [ ! -L "$own/changes/$each" ] || fail "/$each is a link"; done
mount -t overlay overlay -o "nodev,lowerdir=$image,upperdir=$own/changes,workdir=$own/work" "$own/root" || fail overlay
mount -t tmpfs -o mode=700,size=64k tmpfs "$own/held" && mknod "$own/held/null" c 1 3 || fail "$own/held"
index=0
for each; do
  cd -P "$each" && [ "$(pwd -P)" = "$each" ] && mkdir "$own/held/$index" || fail "$each is not a folder"
  mount --no-canonicalize --bind . "$own/held/$index" || fail "$each"
  index=$((index + 1))
done
cd / && mount -t tmpfs -o ro tmpfs /sys/fs/cgroup || fail /sys/fs/cgroup
exec ${RUNTIME} run --bundle "$own" ${NAME} <"$own/held/null"`;

/** Another program, in the namespaces of the runtime, which reads a file. It has no name: what is in it are secrets. */
const BESIDE = `PATH=/usr/sbin:/usr/bin:/sbin:/bin
own=$1
[ /proc/self/fd/0 -ef /dev/null ] && exec <"$own/held/null"
file=$(mktemp "$own/XXXXXX") && printf %s "$PROGRAM" >"$file" && exec 3<"$file" && rm "$file" || exit 125
unset PROGRAM
exec ${RUNTIME} exec --process /proc/self/fd/3 ${NAME}`;

/** The argv of the container's runtime. It must be the first program of new namespaces for PIDs and mounts. */
export const inImageRoot = ({ image, folder, mounts }: ImageRoot): readonly string[] => [
  "/bin/sh",
  "-c",
  ENTER,
  "enter",
  image,
  folder,
  ...mounts.map((mount) => mount.folder),
];

/**
 * How another program is started in a running container.
 * @param group the process that waits for the runtime
 * @param hasTerminal whether it gets a terminal of its own: it could type into the user's
 */
export function besideInImageRoot(
  group: number,
  argv: readonly string[],
  root: ImageRoot,
  hasTerminal: boolean,
): ProgramBeside {
  const program = { ...programOf(argv, root), terminal: hasTerminal };
  return {
    argv: [
      "/usr/bin/nsenter",
      "--target",
      String(group),
      `--pid=/proc/${group}/ns/pid_for_children`,
      "--mount",
      "--net",
      "--",
      "/bin/sh",
      "-c",
      BESIDE,
      "beside",
      root.folder,
    ],
    env: { PROGRAM: JSON.stringify(program) },
  };
}
