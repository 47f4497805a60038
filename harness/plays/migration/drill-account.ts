import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { environmentSetup } from "../setups/environment-setup.ts";
import { example } from "../setups/example-environment.ts";
import type { Setup } from "../setups/setup.ts";
import { synthesized } from "../setups/synthesized.ts";
import type { Template } from "../setups/template.ts";
import { combined } from "./templates.ts";

/** The folder that AWS Backup creates in the new file system. */
export const RESTORED = "aws-backup-restore_2026-01-01T03-00-00-000Z";

/** The environment with the backups. Its scheduled task makes the copies. */
const backedUp = {
  ...example.dev,
  backup: { retentionDays: 1 },
} satisfies EnvironmentInput;

/** The environment of docs/operations.md, "Restore drill": Redis on the restored folder, and no users. */
export const drill = {
  account: "111111111111",
  region: "eu-central-1",
  network: {
    vpcId: "vpc-0a1b2c3d",
    privateSubnetIds: ["subnet-0a1b2c3d", "subnet-0e4f5a6b"],
  },
  cluster: {
    name: "dev",
    instanceSecurityGroupIds: ["sg-0a1b2c3d"],
    dynamicPortRange: { from: 40_000, to: 49_999 },
  },
  namespace: { id: "ns-0a1b2c3d", name: "dev-ecs", vpcId: "vpc-0a1b2c3d" },
  fileSystem: {
    id: "fs-0a1b2c3d",
    securityGroupId: "sg-0e4f5a6b",
    path: `/${RESTORED}/redis/backup-20260101T020000Z`,
  },
  redis: { memory: 512 },
  app: {
    image: "public.ecr.aws/docker/library/redis:8.0.4",
    command: ["sleep", "infinity"],
    loadBalancer: false,
    desiredCount: 1,
  },
} satisfies EnvironmentInput;

/** The existing resources that the drill uses: those of the other stack, and the restored file system. */
const existing = {
  [drill.network.vpcId]: "${aws_vpc.network_vpc.id}",
  [drill.network.privateSubnetIds[0] ?? ""]: "${aws_subnet.network_private_a.id}",
  [drill.network.privateSubnetIds[1] ?? ""]: "${aws_subnet.network_private_b.id}",
  [drill.namespace.id]: "${aws_service_discovery_private_dns_namespace.discovery_namespace.id}",
  [drill.fileSystem.id]: "${aws_efs_file_system.restored.id}",
};

const backedUpStack = (): Template => synthesized({ dev: backedUp }, "dev");

/** The stack of dev with the restored file system. */
export function withoutDrill(): Template {
  const template = backedUpStack();
  const { aws_efs_file_system: fileSystems } = template.resource;
  const resource = { ...template.resource, aws_efs_file_system: { ...fileSystems, restored: {} } };
  return { ...template, resource };
}

/** The same with the environment `drill`. @param path of the data in the restored file system */
export function withDrill(path: string): Template {
  const stack = synthesized(
    { drill: { ...drill, fileSystem: { ...drill.fileSystem, path } } },
    "drill",
  );
  return combined(withoutDrill(), stack, existing, "drill_");
}

/** The task family of the copy task. */
export const COPY_TASK = "dev-copy-redis";

export function backedUpSetup(): Setup {
  const dev = environmentSetup("dev", { environments: { dev: backedUp } });
  return { ...dev, local: { ...dev.local, template: withoutDrill() } };
}

export function drillSetup(): Setup {
  const dev = backedUpSetup();
  return {
    ...dev,
    environment: "drill",
    services: { app: "drill-app", redis: "drill-redis" },
    password: "drill-redis-password",
    srvName: "drill-redis.dev-ecs",
  };
}
