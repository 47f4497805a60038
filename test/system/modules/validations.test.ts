import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { kmsKeyArn, policyArn, securityGroupId, vpcId } from "../../../stacks/config/aws-ids.ts";
import { capacityProviderName, clusterName } from "../../../stacks/config/cluster-schema.ts";
import { containerHealthCheck } from "../../../stacks/config/container-schema.ts";
import { efsPath, fileSystemId } from "../../../stacks/config/file-system-schema.ts";
import { logFields } from "../../../stacks/config/log-fields.ts";
import { namespaceId, namespaceName } from "../../../stacks/config/namespace-schema.ts";
import { subnetId } from "../../../stacks/config/network-schema.ts";
import { topicArn } from "../../../stacks/config/operation-schema.ts";
import { redisHealthTimes } from "../../../stacks/config/redis-health-schema.ts";
import { serviceFields } from "../../../stacks/config/redis-schema.ts";
import { discoveredFields } from "../../../stacks/config/services-schema.ts";
import { readTemplate } from "../../../harness/ecs/index.ts";
import { leastInputs, written } from "./called.ts";

// The validations of a module must agree with the configuration's schema.

/** Valid inputs of both modules. The tag of the image has no version, so that any major version fits. */
const valid = {
  ...leastInputs,
  name: "games",
  image: "games:stable",
  port: 1,
  subnets: { a: "subnet-0a", b: "subnet-0b" },
};

const { namespace } = leastInputs;
const times = redisHealthTimes.shape;
const check = containerHealthCheck.shape;

type Field = readonly [schema: z.ZodType, input: (value: unknown) => Record<string, unknown>];

/** Of both modules. The module redis passes them to the other one, which checks them. */
const common: Record<string, Field> = {
  cluster_name: [clusterName, (value) => ({ cluster_name: value })],
  capacity_provider: [capacityProviderName, (value) => ({ capacity_provider: value })],
  vpc_id: [vpcId, (value) => ({ vpc_id: value, namespace: { ...namespace, vpc_id: value } })],
  host_security_group_ids: [securityGroupId, (value) => ({ host_security_group_ids: [value] })],
  "namespace.id": [namespaceId, (value) => ({ namespace: { ...namespace, id: value } })],
  "namespace.name": [namespaceName, (value) => ({ namespace: { ...namespace, name: value } })],
  log_retention_days: [logFields.logRetentionDays, (value) => ({ log_retention_days: value })],
  log_kms_key_arn: [kmsKeyArn, (value) => ({ log_kms_key_arn: value })],
  permissions_boundary_arn: [policyArn, (value) => ({ permissions_boundary_arn: value })],
  dns_ttl: [discoveredFields.dnsTtl, (value) => ({ dns_ttl: value })],
};

/** With a file system, the module has no use for subnets. */
const onFileSystem = (file_system: object) => ({ file_system, subnets: {} });

const fields = {
  redis: {
    major_version: [serviceFields.majorVersion, (value) => ({ major_version: value })],
    memory: [serviceFields.memory, (value) => ({ memory: value })],
    cpu: [serviceFields.cpu, (value) => ({ cpu: value })],
    maxmemory_policy: [serviceFields.maxmemoryPolicy, (value) => ({ maxmemory_policy: value })],
    appendfsync: [serviceFields.appendfsync, (value) => ({ appendfsync: value })],
    parameters: [serviceFields.parameters, (value) => ({ parameters: value })],
    image: [serviceFields.image, (value) => ({ image: value })],
    "health_check.interval": [times.interval, (value) => ({ health_check: { interval: value } })],
    "health_check.timeout": [times.timeout, (value) => ({ health_check: { timeout: value } })],
    "health_check.retries": [times.retries, (value) => ({ health_check: { retries: value } })],
    password_version: [serviceFields.passwordVersion, (value) => ({ password_version: value })],
    "file_system.id": [fileSystemId, (value) => onFileSystem({ id: value, path: "/a" })],
    "file_system.path": [efsPath, (value) => onFileSystem({ id: "fs-0a", path: value })],
    kms_key_arn: [kmsKeyArn, (value) => ({ kms_key_arn: value })],
    secret_kms_key_arn: [kmsKeyArn, (value) => ({ secret_kms_key_arn: value })],
    subnets: [subnetId, (value) => ({ subnets: { a: value, b: "subnet-0b" } })],
    alarm_topic_arns: [topicArn, (value) => ({ alarm_topic_arns: [value] })],
  },
  "discovered-service": {
    ...common,
    port: [discoveredFields.port, (value) => ({ port: value })],
    network_mode: [discoveredFields.networkMode, (value) => ({ network_mode: value })],
    records: [discoveredFields.records, (value) => ({ records: value, network_mode: "awsvpc" })],
    desired_count: [discoveredFields.desiredCount, (value) => ({ desired_count: value })],
    memory: [discoveredFields.memory, (value) => ({ memory: value })],
    cpu: [discoveredFields.cpu, (value) => ({ cpu: value })],
    subnets: [subnetId, (value) => ({ subnets: { a: value, b: "subnet-0b" } })],
    stop_timeout: [discoveredFields.stopTimeout, (value) => ({ stop_timeout: value })],
    "health_check.command": [check.command, (value) => ({ health_check: { command: value } })],
    "health_check.interval": [
      check.interval,
      (value) => ({ health_check: { command: "a", interval: value } }),
    ],
    "health_check.timeout": [
      check.timeout,
      (value) => ({ health_check: { command: "a", timeout: value } }),
    ],
    "health_check.retries": [
      check.retries,
      (value) => ({ health_check: { command: "a", retries: value } }),
    ],
    "health_check.start_period": [
      check.startPeriod,
      (value) => ({ health_check: { command: "a", start_period: value } }),
    ],
  },
} satisfies Record<string, Record<string, Field>>;

const words = `a A awsvpc volatile-ttl redis:8.0.4 redis:latest redis:8-alpine redis@sha256:0 always everysec noeviction bridge SRV vpc-0a1b vpc- subnet-0a subnet- sg-01 fs-0a fs-0g ns-0a dev-ecs dev.ecs
  -dev dev- /redis / /a/b/c/d /a/b/c/d/e /.. /.a /a/./b redis arn:aws:kms:eu-central-1:111111111111:key/0-a
  arn:aws:iam::111111111111:policy/a/b arn:aws:iam::aws:policy/a arn:aws:sns:eu-central-1:111111111111:topic arn:aws-cn:sns:cn-north-1:111111111111:topic`;
const long = [99, 100, 200, 201, 256].flatMap((length) => [
  "a".repeat(length),
  `/${"a".repeat(length)}`,
]);
const texts = ["", " ", "a b", "a\nb", 'a"b', ...words.split(/\s+/), ...long];
/** The bounds in the schemas, and their neighbours. */
const bounds = [
  1, 2, 5, 6, 9, 10, 15, 20, 30, 32, 60, 64, 99, 128, 300, 1000, 1024, 3600, 65_535, 65_536,
  262_144, 1e6,
];
const numbers = [0.5, 10.5, ...new Set(bounds.flatMap((each) => [each - 1, each, each + 1]))];
const maps = [
  {},
  { timeout: "10" },
  { timeout: "" },
  { dir: "x" },
  { "client-output-buffer-limit": "pubsub 64mb 16mb 30" },
  { hz: "1;2" },
  { hz: "10", timeout: "-1" },
  { timeout: "300 --appendonly no" },
  { timeout: "300 -1" },
  { timeout: "300\n--appendonly" },
  { timeout: "300  1" },
  { timeout: "300 " },
];

const declared = {
  redis: (await written("redis")).variables,
  "discovered-service": (await written("discovered-service")).variables,
};

const every = (["redis", "discovered-service"] as const).flatMap((module) =>
  Object.entries<Field>(fields[module]).map(([name, field]) => [module, name, ...field] as const),
);

describe("the validations of a module", () => {
  it.each(every)("of %s agree with the schema about %s", async (module, name, schema, input) => {
    const sample = schema.safeParse(undefined).data ?? "text";
    const pool = typeof sample === "object" ? maps : [...texts, ...numbers];
    // Terraform converts between strings and numbers.
    const types = new Set(
      pool.filter((value) => schema.safeParse(value).success).map((value) => typeof value),
    );
    const candidates = pool.filter((value) => types.has(typeof value));
    const wanted = candidates.map((value) => [value, schema.safeParse(value).success] as const);
    expect(new Set(wanted.map(([, isAllowed]) => isAllowed))).toEqual(new Set([true, false]));
    const [variable = ""] = name.split(".");
    const held: [unknown, boolean][] = [];
    for (const value of candidates)
      held.push([value, await accepts(module, variable, input(value))]);
    expect(held).toEqual(wanted);
  });
});

/** Whether the local ECS accepts these inputs of a module. The message must name the variable. */
async function accepts(
  module: keyof typeof fields,
  name: string,
  inputs: object,
): Promise<boolean> {
  const variables = declared[module];
  const given: Readonly<Record<string, unknown>> = { ...valid, ...inputs };
  const variable = Object.fromEntries(
    [...variables].map(([each, block]) => [
      each,
      { ...block, default: given[each] ?? block.default },
    ]),
  );
  const template = { variable, resource: { aws_vpc: { main: {} } } };
  const reading = readTemplate(template, { parameters: {}, drawn: new Map() });
  return reading.then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ message: expect.stringContaining(`var.${name}: ${name}: `) });
      return false;
    },
  );
}
