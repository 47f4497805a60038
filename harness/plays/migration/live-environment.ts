import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";

/** The folder of the old Redis, and an unused one. */
export const OLD_FOLDER = "/redis";
export const REHEARSAL_FOLDER = "/redis-rehearsal";

/** The new environment of docs/migration.md. It uses existing resources. */
export const live = {
  account: "111111111111",
  region: "eu-central-1",
  state: { kind: "s3", bucket: "111111111111-terraform-states" },
  network: {
    vpcId: "vpc-0a1b2c3d",
    privateSubnetIds: ["subnet-0a1b2c3d", "subnet-0e4f5a6b"],
    publicSubnetIds: ["subnet-0c7d8e9f", "subnet-0b1a2c3d"],
  },
  cluster: {
    name: "before",
    instanceSecurityGroupIds: ["sg-0a1b2c3d"],
    dynamicPortRange: { from: 40_000, to: 49_999 },
  },
  namespace: { id: "ns-0a1b2c3d", name: "before-ecs", vpcId: "vpc-0a1b2c3d" },
  fileSystem: {
    id: "fs-0a1b2c3d",
    securityGroupId: "sg-0e4f5a6b",
    path: REHEARSAL_FOLDER,
    create: true,
  },
  redis: {
    image: "public.ecr.aws/docker/library/redis:7.2.5",
    majorVersion: 7,
    memory: 512,
    dnsTtl: 5,
  },
  app: {
    image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/guest-book:2.0.0",
    loadBalancer: {
      certificateArn:
        "arn:aws:acm:eu-central-1:111111111111:certificate/0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",
      healthCheck: { path: "/healthz", interval: 5 },
      deregistrationDelay: 5,
    },
  },
} satisfies EnvironmentInput;
