import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";

/**
 * The environment of docs/faults.md and of scenarios with their own stack. The user may change `environments.ts`;
 * initially its `dev` is the same.
 */
export const example = {
  dev: {
    account: "111111111111",
    region: "eu-central-1",
    network: { cidr: "10.10.0.0/16" },
    cluster: { instanceType: "t3.small" },
    exec: true,
    redis: { memory: 512, dnsTtl: 5 },
    app: {
      image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1.0.0",
      loadBalancer: { healthCheck: { path: "/healthz", interval: 5 }, deregistrationDelay: 5 },
      environment: { LOG_LEVEL: "debug" },
    },
  },
} satisfies EnvironmentsInput;
