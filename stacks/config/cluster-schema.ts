import { securityGroupId } from "./aws-ids.ts";
import { either, fields, flag, has, listOf, oneOf, text, whole } from "./fields.ts";
import { offersSource, sizeOf } from "./offers/offers.ts";

// What already listens on every host above port 1023: ports of ECS and Docker
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html), NFS, and the
// local ends of the TLS tunnels to EFS (port_range_lower_bound and port_range_upper_bound in
// https://github.com/aws/efs-utils/blob/master/dist/efs-utils.conf).
export const hostListeners = [
  { from: 2049, to: 2049, who: "NFS" },
  { from: 2375, to: 2376, who: "Docker" },
  { from: 20_049, to: 20_449, who: "TLS tunnels to EFS" },
  { from: 51_678, to: 51_680, who: "the ECS agent" },
];
export const dynamicPort = whole(1024, 65_535);
const dynamicPortRange = fields({
  from: dynamicPort.describe("First dynamic host port"),
  to: dynamicPort.describe("Last dynamic host port"),
})
  .refine(({ from, to }) => to - from >= 99, "100 ports or more, to above from")
  .refine(
    ({ from, to }) => hostListeners.every((listener) => to < listener.from || from > listener.to),
    `a range without ${hostListeners.map(({ from, to, who }) => `${from} to ${to} (${who})`).join(", ")}; ` +
      "ECS_DYNAMIC_HOST_PORT_RANGE narrows that of the hosts",
  );

const size = fields({
  memory: whole(512, 33_554_432, "MiB").describe("Memory, as EC2 advertises it"),
  vcpus: whole(1, 2048).describe("Virtual CPUs"),
  interfaces: whole(2, 64).describe("Network interfaces that a host can have"),
  branchInterfaces: whole(0, 256).default(0).describe("Network interfaces of tasks with trunking"),
});

const typeAllowed = "an EC2 instance type such as t3.small";
const createdCluster = fields({
  instanceType: text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, typeAllowed)
    .default("t3.small")
    .describe(
      "EC2 instance type of the hosts, which must have room for the tasks; Graviton types get the " +
        "arm64 machine image",
    ),
  size: size
    .optional()
    .describe(
      "Size of an instance type that is newer than the tables in stacks/config/offers. " +
        "Not allowed for a type that they list",
    ),
  minHosts: whole(1, 100)
    .default(2)
    .describe("Hosts that always run; with 2, Redis can move to another host immediately"),
  maxHosts: whole(1, 100).default(4).describe("Hosts that may run when tasks need room"),
  failoverRoom: flag()
    .default(true)
    .describe(
      "With Redis as a service: when one of minHosts is lost, the others have room for Redis and all " +
        "tasks that always run. false: Redis then waits for a new host, some minutes",
    ),
  reservedMemory: whole(0, 65_536, "MiB")
    .default(256)
    .describe("Memory of a host that tasks do not get: the host's own programs need it"),
  eniTrunking: flag()
    .default(false)
    .describe(
      "The account setting awsvpcTrunking is on, so that a host has more network interfaces for " +
        "tasks in awsvpc mode; nothing here turns it on",
    ),
  imagePull: oneOf(["default", "once"])
    .default("default")
    .describe(
      "`default`: a host asks the registry at each start of a task; `once`: only for an image that it " +
        "does not have, so every image must be by digest",
    ),
  imageId: text(/^ami-[0-9a-f]{8,17}$/, "a machine image id such as ami-0123456789abcdef0")
    .optional()
    .describe(
      "Machine image of the hosts. Default: the newest ECS-optimized Amazon Linux 2023 on the day " +
        "that a host starts",
    ),
  diskSize: whole(30, 16_384, "GiB")
    .default(30)
    .describe("Disk of a host, for images and what containers write outside their volumes"),
  containerInsights: oneOf(["enabled", "enhanced", "disabled"])
    .default("enabled")
    .describe("Metrics of tasks and hosts, which alarms and the dashboard read"),
  dynamicPortRange: dynamicPortRange
    .prefault({ from: 40_000, to: 49_999 })
    .describe("Host ports of bridge-mode containers; the security groups open the same"),
})
  .refine(({ minHosts, maxHosts }) => minHosts <= maxHosts, {
    path: ["minHosts"],
    error: "at most maxHosts",
  })
  .refine(({ instanceType, size: given }) => given !== undefined || sizeOf(instanceType), {
    path: ["instanceType"],
    error: `${typeAllowed}: one of AWS's own tables in stacks/config/offers (${offersSource}), or a newer one with cluster.size`,
  })
  .refine(({ instanceType, size: given }) => given === undefined || !sizeOf(instanceType), {
    path: ["size"],
    error: "left out for an instance type that the tables in stacks/config/offers list",
  });
export const clusterName = text(/^[A-Za-z][\w-]{0,254}$/, "the name of an ECS cluster");
export const capacityProviderName = text(
  /^[A-Za-z][\w-]{0,254}$/,
  "the name of a capacity provider",
);
const existingCluster = fields({
  name: clusterName.describe(
    "An existing cluster on EC2 in the same account and region, whose room for tasks cannot be " +
      "checked; alarms and the dashboard need its Container Insights",
  ),
  capacityProvider: capacityProviderName
    .optional()
    .describe("Capacity provider of the cluster to run on. Default: its EC2 hosts"),
  instanceSecurityGroupIds: listOf(securityGroupId, 1, "1 or more security group ids").describe(
    "Security groups of the hosts; they must let hosts reach each other on the port range. Rules are added " +
      "to them: Terraform of their owner with inline rules would remove these",
  ),
  dynamicPortRange: dynamicPortRange.describe(
    "ECS_DYNAMIC_HOST_PORT_RANGE of the hosts, or their net.ipv4.ip_local_port_range",
  ),
  forceNewDeployment: flag()
    .default(false)
    .describe(
      "For the one deploy that changes capacityProvider from one to another: Terraform refuses the " +
        "plan without it. Redis and the app move once; remove it afterwards",
    ),
});
export const clusterSchema = either(has("name"), existingCluster, createdCluster)
  .prefault({})
  .describe("The ECS cluster and its hosts: one that exists, or one that is created");
