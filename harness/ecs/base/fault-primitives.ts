/** What the command of a fault takes. A target is a service, a container or a task. */
export type Takes =
  | "TARGET [SIGNAL]"
  | "TARGET"
  | "SERVICE"
  | "SERVICE|TASK"
  | "HOST"
  | "[MICROSECONDS]";

/** The additional microseconds for each key on slow storage, unless the user gives others. */
export const SLOW_KEY_MICROS = 250;

/** The current faults of starting tasks. Their parts read it; {@link Faults} sets it. */
export interface StartFaults {
  /** Additional microseconds for each key that a starting Redis loads. */
  keyLoadDelayMicros: number | undefined;
  /** Whether starting tasks cannot mount EFS. */
  mountFails: boolean;
  /** Whether starting tasks cannot pull their images. */
  pullFails: boolean;
}

export const NO_START_FAULTS: Readonly<StartFaults> = {
  keyLoadDelayMicros: undefined,
  mountFails: false,
  pullFails: false,
};

/** A fault of the local ECS, for users. */
export interface FaultEntry {
  /** For display. */
  readonly title: string;
  /** The name: the method's in lower case. With kinds, `NAME-KIND` is a name too, such as `dns-down`. */
  readonly command: string;
  /** Earlier names, which still work where a user types a name. */
  readonly aliases?: readonly string[];
  /** Undefined: nothing, or a kind. */
  readonly takes?: Takes;
  readonly kinds?: readonly string[];
  /** What it does, for the help text. */
  readonly does: string;
  /** A sentence about a target, or about a kind. */
  readonly says: (target: string) => string;
}

const DNS = {
  down: "DNS is down",
  slow: "DNS is slow",
  servfail: "DNS answers SERVFAIL",
  nxdomain: "DNS denies the name (NXDOMAIN)",
  wrong: "DNS sends replies that do not match",
  truncated: "DNS truncates its UDP replies",
  stale: "DNS keeps the old records",
};

/** How the resolver fails; see {@link Faults.dns}. */
export type DnsFaultKind = keyof typeof DNS;
export const DNS_FAULTS = Object.keys(DNS) as readonly DnsFaultKind[];

/** How the Cloud Map API fails: DiscoverInstances is throttled, or does not respond. */
export const CLOUD_MAP_API_FAULTS = ["throttled", "down"] as const;

export type CloudMapApiFault = (typeof CLOUD_MAP_API_FAULTS)[number];

/** The faults of the local ECS. The key is the method of `Faults` and the `fault` of an event. */
export const FAULTS = {
  kill: {
    title: "killed",
    command: "kill",
    aliases: ["redis-killed"],
    takes: "TARGET [SIGNAL]",
    does: "sends SIGNAL to its processes (default: SIGKILL)",
    says: (it) => `${it} is killed`,
  },
  freeze: {
    title: "frozen",
    command: "freeze",
    aliases: ["pause", "frozen", "redis-paused"],
    takes: "TARGET",
    does: "freezes its processes until resume",
    says: (it) => `${it} is frozen`,
  },
  partition: {
    title: "network cut",
    command: "partition",
    aliases: ["cut", "redis-cut-off"],
    takes: "SERVICE|TASK",
    does: "drops all packets to and from its ports",
    says: (it) => `the network to ${it} is cut`,
  },
  slowStorage: {
    title: "slow storage",
    command: "slow-storage",
    aliases: ["slow", "slow-load"],
    takes: "[MICROSECONDS]",
    does: `each Redis that starts needs that much longer for a key, ${SLOW_KEY_MICROS} by default`,
    says: () => "storage is slow",
  },
  diskFull: {
    title: "disk full",
    command: "disk-full",
    aliases: ["full-disk"],
    takes: "SERVICE",
    does: "its volumes are full",
    says: (it) => `the volume of ${it} is full`,
  },
  mountFails: {
    title: "EFS not mounted",
    command: "mount-fails",
    aliases: ["no-mounts", "efs-away"],
    does: "new tasks cannot mount EFS",
    says: () => "EFS cannot be mounted",
  },
  pullFails: {
    title: "image not pulled",
    command: "pull-fails",
    does: "new tasks cannot pull their images",
    says: () => "images cannot be pulled",
  },
  loseHost: {
    title: "host lost",
    command: "lose-host",
    aliases: ["host-lost"],
    takes: "HOST",
    does: "the host and its tasks stop answering; ECS replaces them",
    says: (it) => `${it} is lost`,
  },
  overlap: {
    title: "overlap",
    command: "overlap",
    aliases: ["redis-overlap"],
    does: "ECS starts a replacement before the old task ends",
    says: () => "ECS starts a replacement before the old task ends",
  },
  reusePort: {
    title: "port reused",
    command: "reuse-port",
    aliases: ["port-reuse"],
    takes: "SERVICE",
    does: "another program takes the next port that one of its tasks frees",
    says: (it) => `another program has the port of ${it}`,
  },
  dns: {
    title: "DNS",
    command: "dns",
    kinds: DNS_FAULTS,
    does: "makes the VPC's resolver fail",
    says: (kind) => new Map(Object.entries(DNS)).get(kind) ?? `DNS fails with ${kind}`,
  },
  records: {
    title: "records hidden",
    command: "records",
    aliases: ["no-records"],
    kinds: ["gone"],
    does: "Cloud Map shows no instance",
    says: () => "Cloud Map shows no instance",
  },
  cloudMapApi: {
    title: "Cloud Map API",
    command: "cloud-map-api",
    aliases: ["cloud-map"],
    kinds: CLOUD_MAP_API_FAULTS,
    does: "makes DiscoverInstances fail",
    says: (kind) => `the Cloud Map API is ${kind}`,
  },
} as const satisfies Readonly<Record<string, FaultEntry>>;

export type FaultName = keyof typeof FAULTS;
