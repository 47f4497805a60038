import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";

export const environments = {
  // Only the required fields.
  dev: {
    account: "111111111111",
    region: "eu-central-1",
    network: { cidr: "10.10.0.0/16" },
    app: {
      image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1.0.0",
      loadBalancer: { healthCheck: { path: "/healthz" } },
    },
  },

  // Fields that are often set.
  prod: {
    account: "222222222222",
    region: "eu-central-1",
    protected: true,
    state: { kind: "s3", bucket: "222222222222-terraform-states" },
    network: { cidr: "10.30.0.0/16", nat: "perZone" },
    cluster: { instanceType: "m7i.large", maxHosts: 6 },
    redis: { memory: 4096 },
    app: {
      image: { ssmParameter: "/prod/app/image" },
      desiredCount: 4,
      memory: 512,
      loadBalancer: {
        healthCheck: { path: "/healthz" },
        certificateArn:
          "arn:aws:acm:eu-central-1:222222222222:certificate/00000000-0000-0000-0000-000000000000",
      },
      environment: { LOG_LEVEL: "info" },
      secrets: { API_KEY: "/prod/app/api-key" },
    },
    alarms: { emails: ["oncall@example.com"] },
  },
} satisfies EnvironmentsInput;
