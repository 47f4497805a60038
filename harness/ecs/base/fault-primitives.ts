/**
 * The faults of the local ECS. The key is the method of `Faults` and the `fault` of an event. The title is for
 * display. The command is the one that users type during a run.
 */
export const FAULTS = {
  kill: { title: "killed", command: "kill" },
  freeze: { title: "frozen", command: "pause" },
  slowStorage: { title: "slow storage", command: "slow" },
  mountFails: { title: "EFS not mounted", command: "no-mounts" },
  loseHost: { title: "host lost", command: "lose-host" },
  dns: { title: "DNS", command: "dns" },
  records: { title: "records hidden", command: "no-records" },
  reusePort: { title: "port reused", command: "reuse-port" },
  overlap: { title: "overlap", command: "overlap" },
  partition: { title: "network cut", command: "cut" },
  diskFull: { title: "disk full", command: "full-disk" },
  cloudMapApi: { title: "Cloud Map API", command: "cloud-map" },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly command: string }>>;

export type FaultName = keyof typeof FAULTS;
