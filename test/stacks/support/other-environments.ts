import type {
  EnvironmentInput,
  EnvironmentsInput,
} from "../../../stacks/config/environment-schema.ts";

const common = {
  account: "333333333333",
  region: "eu-central-1",
  app: {
    image: "333333333333.dkr.ecr.eu-central-1.amazonaws.com/app:1.0.0",
    loadBalancer: { healthCheck: { path: "/healthz", interval: 5 } },
  },
} satisfies Partial<EnvironmentInput>;

const state = { kind: "s3", bucket: "333333333333-terraform-states" } as const;

/** Environments with settings that `environments.ts` does not use, for tests of the synthesized JSON. */
export const otherEnvironments = {
  // Each task has its own address and security group.
  "own-interface": {
    ...common,
    network: { cidr: "10.43.0.0/16", nat: "none" },
    redis: { image: "333333333333.dkr.ecr.eu-central-1.amazonaws.com/redis:8.0.4" },
    app: { ...common.app, networkMode: "awsvpc" },
  },
  "host-network": {
    ...common,
    network: { cidr: "10.44.0.0/16" },
    app: { ...common.app, networkMode: "host", port: 8080 },
  },
  scaled: {
    ...common,
    network: { cidr: "10.45.0.0/16" },
    app: { ...common.app, autoscaling: { min: 2, max: 8, cpu: 60, requestsPerTarget: 1000 } },
  },
  // With the app's image and Redis: one on a schedule, one started by hand.
  "with-tasks": {
    ...common,
    network: { cidr: "10.46.0.0/16" },
    tasks: {
      "clean-up": { command: ["node", "clean-up.js"], schedule: "rate(1 hour)" },
      migrate: { command: ["node", "migrate.js"], memory: 512 },
    },
    alarms: { emails: ["oncall@example.com"] },
  },
  // One with SRV records, the other with A records.
  "with-services": {
    ...common,
    network: { cidr: "10.47.0.0/16" },
    // One host has room for all tasks.
    cluster: { instanceType: "t3.medium" },
    services: {
      search: { image: "example.com/search:2.1.0", port: 9200, memory: 512 },
      "play-room": {
        image: "example.com/play-room:1.0.0",
        port: 7000,
        networkMode: "awsvpc",
        records: "A",
      },
    },
  },
  // For the loss of a region: copies of the backups, and a replica of the file system.
  elsewhere: {
    ...common,
    protected: true,
    state,
    network: { cidr: "10.50.0.0/16" },
    app: { ...common.app, loadBalancer: { healthCheck: { path: "/healthz" }, internal: true } },
    fileSystem: { replica: { region: "eu-west-1" } },
    backup: {
      retentionDays: 35,
      copy: { region: "eu-west-1", retentionDays: 90 },
      lock: { minRetentionDays: 7 },
    },
  },
  external: {
    ...common,
    network: { cidr: "10.42.0.0/16" },
    redis: {
      kind: "external",
      url: "arn:aws:secretsmanager:eu-central-1:333333333333:secret:games/redis-a1B2c3",
    },
  },
} satisfies EnvironmentsInput;
