/**
 * The faults that the local ECS can make. The name is the method of `Faults` and the `fault` of an
 * event; the title is for people.
 */
export const FAULTS = {
  kill: { title: "killed" },
  freeze: { title: "frozen" },
  slowStorage: { title: "slow storage" },
  mountFails: { title: "EFS not mounted" },
  loseHost: { title: "host lost" },
  dns: { title: "DNS" },
  records: { title: "records hidden" },
  reusePort: { title: "port reused" },
  overlap: { title: "overlap" },
  partition: { title: "network cut" },
  diskFull: { title: "disk full" },
  cloudMapApi: { title: "Cloud Map API" },
} as const satisfies Readonly<Record<string, { readonly title: string }>>;

export type FaultName = keyof typeof FAULTS;
