import type { EnvironmentsInput } from "./stacks/config/environment-schema.ts";

/**
 * Your environments: this is the only file that you edit. docs/environments.md lists all fields with their defaults.
 * Every value is checked before anything is built.
 */
export const environments = {
  dev: {
    account: "111111111111",
    region: "eu-central-1",
    network: { cidr: "10.10.0.0/16" },
    cluster: { instanceType: "t3.small" },
    // Allows `aws ecs execute-command`, which opens a shell in a container.
    exec: true,
    // A low TTL: clients find a moved Redis sooner, but send more DNS queries.
    redis: { memory: 512, dnsTtl: 5 },
    app: {
      image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1.0.0",
      loadBalancer: { healthCheck: { path: "/healthz", interval: 5 }, deregistrationDelay: 5 },
      environment: { LOG_LEVEL: "debug" },
    },
  },

  stg: {
    account: "111111111111",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16" },
    cluster: { instanceType: "t3.small" },
    redis: { memory: 1024 },
    app: {
      image: { ssmParameter: "/stg/app/image" },
      loadBalancer: { healthCheck: { path: "/healthz" } },
    },
  },

  prod: {
    account: "222222222222",
    region: "eu-central-1",
    protected: true,
    state: { kind: "s3", bucket: "222222222222-terraform-states" },
    logRetentionDays: 365,
    network: { cidr: "10.30.0.0/16", nat: "perZone", flowLogs: true },
    cluster: { instanceType: "m7i.large", maxHosts: 6 },
    redis: { memory: 4096, metrics: true },
    app: {
      image: { ssmParameter: "/prod/app/image" },
      desiredCount: 4,
      memory: 512,
      loadBalancer: {
        healthCheck: { path: "/healthz" },
        certificateArn:
          "arn:aws:acm:eu-central-1:222222222222:certificate/00000000-0000-0000-0000-000000000000",
        hostname: "app.example.com",
      },
      secrets: { API_KEY: "/prod/app/api-key" },
    },
    alarms: { emails: ["oncall@example.com"] },
    backup: { retentionDays: 90 },
  },
} satisfies EnvironmentsInput;
