import { securityGroupId } from "./aws-ids.ts";
import { either, fields, flag, has, listOf, oneOf, text, whole } from "./fields.ts";
import { offersSource, sizeOf } from "./offers/offers.ts";

// Ports above 1023 that are in use on every host: those of ECS and Docker
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html), NFS, and the
// local ends of the TLS tunnels to EFS (port_range_lower_bound and port_range_upper_bound in
// https://github.com/aws/efs-utils/blob/master/dist/efs-utils.conf; before version 3.2 up to 20449).
export const hostListeners = [
  { from: 2049, to: 2049, who: "NFS" },
  { from: 2375, to: 2376, who: "Docker" },
  { from: 20_049, to: 21_049, who: "TLS tunnels to EFS" },
  { from: 51_678, to: 51_680, who: "the ECS agent" },
];
const dynamicPort = whole(1024, 65_535);
const dynamicPortRange = fields({
  from: dynamicPort.describe("First dynamic host port"),
  to: dynamicPort.describe("Last dynamic host port"),
})
  .refine(({ from, to }) => to - from >= 99, "a range of 100 ports or more, with to above from")
  .refine(
    ({ from, to }) => hostListeners.every((listener) => to < listener.from || from > listener.to),
    `a range without ${hostListeners.map(({ from, to, who }) => `${from} to ${to} (${who})`).join(", ")}; ` +
      "set ECS_DYNAMIC_HOST_PORT_RANGE on the hosts to narrow theirs",
  );

const size = fields({
  memory: whole(512, 33_554_432, "MiB").describe("Memory as listed by EC2"),
  vcpus: whole(1, 2048).describe("Virtual CPUs"),
  interfaces: whole(2, 64).describe("Maximum number of network interfaces of a host"),
  branchInterfaces: whole(0, 256)
    .default(0)
    .describe("Maximum number of network interfaces for tasks with trunking"),
});

const typeAllowed = "an EC2 instance type such as t3.small";
const createdCluster = fields({
  instanceType: text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, typeAllowed)
    .default("t3.small")
    .describe(
      "EC2 instance type of the hosts. It must have room for the tasks. Graviton types use the " +
        "arm64 machine image. T types bill surplus CPU credits above their baseline",
    ),
  size: size
    .optional()
    .describe(
      "Size of an instance type that is not in the tables in stacks/config/offers. " +
        "Not allowed for a type in these tables",
    ),
  minHosts: whole(1, 100)
    .default(2)
    .describe("Minimum number of hosts. With 2, Redis can move to another host immediately"),
  maxHosts: whole(1, 100).default(4).describe("Maximum number of hosts"),
  failoverRoom: flag()
    .default(true)
    .describe(
      "With Redis as a service: if one of minHosts is lost, the remaining hosts must have room for Redis and " +
        "all permanent tasks. With false, Redis waits some minutes for a new host",
    ),
  reservedMemory: whole(0, 65_536, "MiB")
    .default(256)
    .describe("Memory of a host that is reserved for the host's own programs"),
  eniTrunking: flag()
    .default(false)
    .describe(
      "Set it if the account setting awsvpcTrunking is on: a host then has more network interfaces for " +
        "tasks in awsvpc mode. The stacks do not change the account setting",
    ),
  imagePull: oneOf(["default", "once"])
    .default("default")
    .describe(
      "`default`: a host contacts the registry each time a task starts; `once`: only if it does not have the " +
        "image, so every image must be given by digest",
    ),
  imageId: text(/^ami-[0-9a-f]{8,17}$/, "a machine image id such as ami-0123456789abcdef0")
    .optional()
    .describe(
      "Machine image of the hosts. Default: the newest ECS-optimized Amazon Linux 2023 at the time " +
        "a host starts",
    ),
  diskSize: whole(30, 16_384, "GiB")
    .default(30)
    .describe("Disk size of a host. Holds images, and data that containers write outside volumes"),
  containerInsights: oneOf(["enabled", "enhanced", "disabled"])
    .default("enabled")
    .describe(
      "Container Insights: metrics of tasks and hosts for alarms and the dashboard. `enhanced` adds those of each " +
        "task and container, and AWS bills each metric",
    ),
  hostRefresh: flag()
    .default(false)
    .describe(
      "Replaces the hosts after a deploy that changes them, one after the other: a new one starts, then an old one " +
        "is drained. Redis moves once each time its host is replaced. Without it, roll them by hand",
    ),
  dynamicPortRange: dynamicPortRange
    .prefault({ from: 40_000, to: 49_999 })
    .describe("Host ports of containers in bridge mode. The security groups open this range"),
})
  .refine(({ minHosts, maxHosts }) => minHosts <= maxHosts, {
    path: ["minHosts"],
    error: "at most maxHosts",
  })
  .refine(({ instanceType, size: given }) => given !== undefined || sizeOf(instanceType), {
    path: ["instanceType"],
    error: `${typeAllowed}: one in AWS's tables in stacks/config/offers (${offersSource}), or another one with cluster.size`,
  })
  .refine(({ instanceType, size: given }) => given === undefined || !sizeOf(instanceType), {
    path: ["size"],
    error: "not set for an instance type in the tables in stacks/config/offers",
  });
export const clusterName = text(/^[A-Za-z][\w-]{0,254}$/, "the name of an ECS cluster");
export const capacityProviderName = text(
  /^[A-Za-z][\w-]{0,254}$/,
  "the name of a capacity provider",
);
const existingCluster = fields({
  name: clusterName.describe(
    "Name of an existing cluster on EC2 in the same account and region. Its room for tasks is not " +
      "checked. Alarms and the dashboard need its Container Insights",
  ),
  capacityProvider: capacityProviderName
    .optional()
    .describe("Capacity provider of the cluster. Default: none, tasks run on any of its EC2 hosts"),
  instanceSecurityGroupIds: listOf(securityGroupId, 1, "1 or more security group ids").describe(
    "Security groups of the hosts. They must let hosts reach each other on the port range. The stacks add " +
      "rules to them: if their owner's Terraform uses inline rules, it removes the added ones",
  ),
  dynamicPortRange: dynamicPortRange.describe(
    "ECS_DYNAMIC_HOST_PORT_RANGE of the hosts. Their owner sets it first, and then reserves the same range in " +
      "net.ipv4.ip_local_reserved_ports. Reserving the whole net.ipv4.ip_local_port_range would leave no port for outgoing connections",
  ),
  forceNewDeployment: flag()
    .default(false)
    .describe(
      "Set it for the deploy that changes capacityProvider, and remove it afterwards. Terraform refuses that " +
        "plan without it. Redis and the app are restarted once",
    ),
});
export const clusterSchema = either(has("name"), existingCluster, createdCluster)
  .prefault({})
  .describe("The ECS cluster and its hosts: an existing one, or a new one");
