import { z } from "zod";
import { parseCidr } from "./cidr.ts";
import { fields, flag, listOf, oneOf, text, whole } from "./fields.ts";

/**
 * The shape of one environment, with every default. Ranges are AWS's own where AWS has them.
 * A part is either created, or taken as existing because its owner runs it already.
 */

const vpcId = text(/^vpc-[0-9a-f]+$/, "a VPC id such as vpc-0123abcd");
const subnetId = text(/^subnet-[0-9a-f]+$/, "a subnet id such as subnet-0123abcd");
const efsPath = text(/^(\/[A-Za-z0-9_.-]+)+$/, "an absolute path such as /redis");

const cidrAllowed = "an IPv4 block such as 10.10.0.0/16, prefix 16 to 24, no host bit set";
const createdNetwork = fields({
  cidr: text(/^[\d./]+$/, cidrAllowed)
    .refine((value) => {
      const prefix = parseCidr(value)?.prefix ?? 0;
      return prefix >= 16 && prefix <= 24;
    }, cidrAllowed)
    .describe("Addresses of the VPC"),
  zones: listOf(oneOf(["a", "b", "c", "d", "e", "f"]), 2, "2 to 4 zone letters such as a, b")
    .max(4, "2 to 4 zone letters such as a, b")
    .default(["a", "b"])
    .describe("Availability zones, by the letter after the region's name"),
  nat: oneOf(["single", "perZone"])
    .default("single")
    .describe("One NAT gateway, or one a zone: dearer, and no zone depends on another"),
});
const existingNetwork = fields({
  vpcId: vpcId.describe("An existing VPC, with DNS support and DNS hostnames on"),
  privateSubnetIds: listOf(subnetId, 2, "2 or more subnet ids, each in another zone").describe(
    "Subnets of the hosts, with a way out to AWS; an app's load balancer is internal to them",
  ),
});

const port = whole(1024, 65_535);
// The ECS agent listens on 51678 to 51680 (https://github.com/aws/amazon-ecs-agent#environment-variables).
const agentPorts = { from: 51_678, to: 51_680 };
const portRange = fields({ from: port, to: port })
  .refine(({ from, to }) => to - from >= 99, "at least 100 ports, from below to")
  .refine(
    ({ from, to }) => to < agentPorts.from || from > agentPorts.to,
    `a range without ${agentPorts.from} to ${agentPorts.to}, where the ECS agent listens`,
  );

const createdCluster = fields({
  instanceType: text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an EC2 instance type such as t3.small")
    .default("t3.small")
    .describe("EC2 instance type of the hosts; Graviton types get the arm64 machine image"),
  minHosts: whole(1, 100)
    .default(2)
    .describe("Hosts that always run; with 2, Redis has another host to move to at once"),
  maxHosts: whole(1, 100).default(4).describe("Hosts that may run when tasks need room"),
  dynamicPortRange: portRange
    .prefault({ from: 40_000, to: 49_999 })
    .describe("Host ports that bridge-mode containers get; the security groups open the same"),
}).refine(({ minHosts, maxHosts }) => minHosts <= maxHosts, {
  path: ["minHosts"],
  error: "at most maxHosts",
});

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
  id: text(/^ns-[a-z0-9]+$/, "a namespace id such as ns-0123abcd"),
  name: namespaceName,
  vpcId,
}).describe("A namespace that another environment or team created in the same VPC");

// BusyBox's flock, in Alpine images, has no -w: Redis could not wait for the writer lock.
const redisImageAllowed =
  "a Debian image with an explicit version, such as redis:8.0.4, not alpine or latest";
const redisImage = text(
  /^[a-z0-9][\w./:-]*[\w](:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
  redisImageAllowed,
).refine((image) => !/alpine/i.test(image) && !image.endsWith(":latest"), redisImageAllowed);

const redis = fields({
  kind: oneOf(["service"]).default("service").describe("Redis as an ECS service of its own"),
  image: redisImage
    // The same image as Docker Hub's, without its pull limit for everything behind one NAT address.
    .default("public.ecr.aws/docker/library/redis:8.0.4")
    .describe("Container image; its user is 999:999, as in the Debian images"),
  memory: whole(128, 262_144, "MiB")
    .default(512)
    .describe("Hard limit of the container; Redis keeps at most 75 % of it as data"),
  cpu: whole(64, 65_536, "CPU units, 1024 a core").default(256).describe("CPU share"),
  maxmemoryPolicy: oneOf([
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
  ])
    .default("noeviction")
    .describe("What Redis drops when its memory is full"),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the SRV record"),
  healthCheck: fields({
    interval: whole(5, 300, "seconds").default(10),
    timeout: whole(2, 60, "seconds").default(5),
    retries: whole(1, 10).default(6),
  })
    .prefault({})
    .describe("How long Redis may stay silent before its task is replaced: interval x retries"),
});

const imageAllowed = 'an image with a tag or digest, or { ssmParameter: "/name" }';
const appImage = z.union(
  [
    text(/^[a-z0-9][\w./:-]*[\w](:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/, imageAllowed),
    fields({ ssmParameter: text(/^\/[\w./-]+$/, "a parameter name such as /dev/app/image") }),
  ],
  imageAllowed,
);

/** Set by the stack: an environment of one's own may not redefine them. */
export const reservedVariables = ["AWS_REGION", "PORT", "REDIS_PASSWORD", "REDIS_URL"];
const variableAllowed = `a variable name such as LOG_LEVEL, none of ${reservedVariables.join(", ")}`;
const variable = text(/^[A-Za-z_][A-Za-z0-9_]*$/, variableAllowed).refine(
  (name) => !reservedVariables.includes(name),
  variableAllowed,
);

const app = fields({
  image: appImage.describe("Literal, or the SSM parameter that a release pipeline writes"),
  port: whole(1, 65_535).default(3000).describe("Port the container listens on, also in its PORT"),
  desiredCount: whole(1, 1000).default(2).describe("Tasks that run"),
  memory: whole(32, 262_144, "MiB").default(256).describe("Hard limit of the container"),
  cpu: whole(32, 65_536, "CPU units, 1024 a core").default(128).describe("CPU share"),
  healthCheck: fields({
    path: text(/^\/[\w./~-]*$/, "a path such as /healthz"),
    interval: whole(5, 300, "seconds").default(10),
    timeout: whole(2, 120, "seconds").default(4),
    healthyThreshold: whole(2, 10).default(2),
    unhealthyThreshold: whole(2, 10).default(3),
  })
    .refine(({ interval, timeout }) => timeout < interval, {
      path: ["timeout"],
      error: "less than interval",
    })
    .describe("The load balancer's check: whether the app lives, not whether Redis does"),
  deregistrationDelay: whole(0, 3600, "seconds")
    .default(30)
    .describe("Time for requests in flight when a task leaves the load balancer"),
  environment: z
    .record(variable, text(/^/, "text in quotes"), "an object from variable name to text")
    .default({})
    .describe("Plain environment variables of the container; no secrets"),
});

export const environmentSchema = fields({
  account: text(/^\d{12}$/, "the 12 digits of an AWS account, in quotes").describe(
    "AWS account; a deploy with credentials of another is refused",
  ),
  region: text(/^[a-z]{2}(-[a-z]+){1,3}-\d$/, "an AWS region such as eu-central-1").describe(
    "AWS region",
  ),
  protected: flag()
    .default(false)
    .describe("Holds what must not be lost: nothing with data is destroyed or forced"),
  logRetentionDays: oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096])
    .default(30)
    .describe("How long CloudWatch keeps the containers' logs"),
  network: z.union(
    [createdNetwork, existingNetwork],
    "an object with cidr (created), or with vpcId and privateSubnetIds (existing)",
  ),
  cluster: createdCluster.prefault({}),
  namespace: z
    .union(
      [createdNamespace, existingNamespace],
      "an object with name (created), or with id, name and vpcId (existing)",
    )
    .prefault({}),
  fileSystem: fields({
    path: efsPath.default("/redis").describe("Folder of Redis' data on the file system"),
  }).prefault({}),
  redis: redis.prefault({}),
  app,
});
