import type { z } from "zod";
import { vpcId } from "./network-schema.ts";
import { kmsKeyArn } from "./state-schema.ts";
import { either, fields, has, listOf, oneOf, text, whole } from "./fields.ts";

/**
 * The parts an environment stands on. Each is created, or taken as existing because its owner runs
 * it already; then nothing of it is changed.
 */

const securityGroupId = text(/^sg-[0-9a-f]+$/, "a security group id such as sg-0123abcd");

// What listens on every host already, besides what is below 1024: ECS' and Docker's ports
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html), NFS, and the
// local ends of the TLS tunnels to EFS (port_range_lower_bound and port_range_upper_bound in
// https://github.com/aws/efs-utils/blob/master/dist/efs-utils.conf).
export const hostListeners = [
  { from: 2049, to: 2049, who: "NFS" },
  { from: 2375, to: 2376, who: "Docker" },
  { from: 20_049, to: 20_449, who: "TLS tunnels to EFS" },
  { from: 51_678, to: 51_680, who: "the ECS agent" },
];
const port = whole(1024, 65_535);
const dynamicPortRange = fields({
  from: port.describe("First dynamic host port"),
  to: port.describe("Last dynamic host port"),
})
  .refine(({ from, to }) => to - from >= 99, "100 ports or more, to above from")
  .refine(
    ({ from, to }) => hostListeners.every((listener) => to < listener.from || from > listener.to),
    `a range without ${hostListeners.map(({ from, to, who }) => `${from} to ${to} (${who})`).join(", ")}; ` +
      "ECS_DYNAMIC_HOST_PORT_RANGE narrows that of the hosts",
  );

const createdCluster = fields({
  instanceType: text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an EC2 instance type such as t3.small")
    .default("t3.small")
    .describe("EC2 instance type of the hosts; Graviton types get the arm64 machine image"),
  minHosts: whole(1, 100)
    .default(2)
    .describe("Hosts that always run; with 2, Redis has another host to move to at once"),
  maxHosts: whole(1, 100).default(4).describe("Hosts that may run when tasks need room"),
  imageId: text(/^ami-[0-9a-f]{8,17}$/, "a machine image id such as ami-0123456789abcdef0")
    .optional()
    .describe(
      "Machine image that all hosts start with; the ECS-optimized Amazon Linux 2023 of the day " +
        "each of them starts on if left out",
    ),
  diskSize: whole(30, 16_384, "GiB")
    .default(30)
    .describe("Disk of a host, for images and what containers write besides their volumes"),
  containerInsights: oneOf(["enabled", "enhanced", "disabled"])
    .default("enabled")
    .describe("Metrics of tasks and hosts, which alarms and the dashboard read"),
  dynamicPortRange: dynamicPortRange
    .prefault({ from: 40_000, to: 49_999 })
    .describe("Host ports of bridge-mode containers; the security groups open the same"),
}).refine(({ minHosts, maxHosts }) => minHosts <= maxHosts, {
  path: ["minHosts"],
  error: "at most maxHosts",
});
const existingCluster = fields({
  name: text(/^[A-Za-z][\w-]{0,254}$/, "the name of an ECS cluster").describe(
    "An existing cluster on EC2 in the same account and region; alarms and the dashboard need its " +
      "Container Insights",
  ),
  capacityProvider: text(/^[A-Za-z][\w-]{0,254}$/, "the name of a capacity provider")
    .optional()
    .describe("Capacity provider of the cluster to run on, its EC2 hosts if left out"),
  instanceSecurityGroupIds: listOf(securityGroupId, 1, "1 or more security group ids").describe(
    "Security groups of the hosts; they must let hosts reach each other on the port range",
  ),
  dynamicPortRange: dynamicPortRange.describe(
    "ECS_DYNAMIC_HOST_PORT_RANGE of the hosts, or their net.ipv4.ip_local_port_range",
  ),
});
export const clusterSchema = either(has("name"), existingCluster, createdCluster)
  .prefault({})
  .describe("The ECS cluster and its hosts: one that exists, or one that is created");

const namespaceName = text(
  /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  "a lower-case DNS name such as dev-ecs",
);
const createdNamespace = fields({
  name: namespaceName
    .optional()
    .describe("Cloud Map namespace to create, `<environment>-ecs` if left out"),
});
const existingNamespace = fields({
  id: text(/^ns-[a-z0-9]+$/, "a namespace id such as ns-0123abcd").describe(
    "A private DNS namespace that another environment or team created",
  ),
  name: namespaceName.describe("Its name, part of the name by which Redis is found"),
  vpcId: vpcId.describe("VPC that the namespace belongs to: the environment's own"),
});
export const namespaceSchema = either(has("id"), existingNamespace, createdNamespace)
  .prefault({})
  .describe("The Cloud Map namespace, which several environments may share");

const efsPath = text(
  /^(?=.{2,100}$)(\/(?!\.{1,2}(\/|$))[\w.-]+){1,4}$/,
  "an absolute path of up to 4 folders such as /redis",
);
const createdFileSystem = fields({
  path: efsPath.default("/redis").describe("Folder of Redis' data on the new file system"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("Key that encrypts the file system, AWS's own for EFS if left out; fixed once made"),
});
const existingFileSystem = fields({
  id: text(/^fs-[0-9a-f]+$/, "a file system id such as fs-0123abcd").describe(
    "An existing EFS file system with a mount target in every zone of the hosts",
  ),
  securityGroupId: securityGroupId.describe("Security group of its mount targets"),
  path: efsPath.describe("Folder of Redis' data, owned by 999:999 if it exists already"),
});
export const fileSystemSchema = either(has("id"), existingFileSystem, createdFileSystem)
  .optional()
  .describe(
    "Where the data of Redis as a service is: on a file system that exists, or on one that is " +
      "created; left out: created, without a setting of its own",
  );
export type FileSystemConfig =
  | z.output<typeof existingFileSystem>
  | z.output<typeof createdFileSystem>;

/** What a file system is where the environment does not say. */
export const defaultFileSystem = createdFileSystem.parse({});
