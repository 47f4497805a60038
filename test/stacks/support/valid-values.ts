import * as fc from "fast-check";
import type { z } from "zod";
import { definitionOf } from "../../../stacks/config/fields.ts";
import type { SchemaField } from "../../../stacks/config/schema-fields.ts";

/**
 * Valid values of a field. Numbers, flags and choices come from the schema. Values for patterns, and values that depend
 * on other fields, are listed here by the field's path.
 *
 * @returns undefined for an object, whose fields have their own values
 */
export function validValues(field: SchemaField): fc.Arbitrary<unknown> | undefined {
  const path = field.path.join(".");
  const listed = byPath[path] ?? (/kmsKeyArn$/i.test(path) ? keys : undefined);
  if (listed !== undefined) return listed;
  const def = definitionOf(field.schema);
  if (def.type === "number") return between(field.schema as z.ZodNumber);
  if (def.type === "boolean") return fc.boolean();
  if (def.type === "literal") return fc.constantFrom(...def.values);
  if (["string", "array", "record"].includes(def.type)) {
    throw new Error(`support/valid-values.ts has no values for ${path}`);
  }
  return undefined;
}

/** Errors are most likely at the ends of a range. */
export function rangeOf(schema: z.ZodNumber): { min: number; max: number } {
  const { minValue, maxValue } = schema;
  if (minValue === null || maxValue === null) throw new Error("a number without a range");
  return { min: minValue, max: maxValue };
}

function between(schema: z.ZodNumber): fc.Arbitrary<number> {
  const { min, max } = rangeOf(schema);
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
}

const digits = (length: number) =>
  fc.integer({ min: 0, max: 10 ** length - 1 }).map((value) => String(value).padStart(length, "0"));
const hex = fc.integer({ min: 1, max: 0xffff_ffff }).map((value) => value.toString(16));
const ids = (kind: string) => hex.map((value) => `${kind}-${value}`);
const some = <T>(item: fc.Arbitrary<T>, minLength: number, maxLength = minLength + 2) =>
  fc.uniqueArray(item, { minLength, maxLength });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/);
const anyText = fc
  .string({ unit: "grapheme", maxLength: 40 })
  .filter((text) => !/[$%]\{/.test(text));
const variables = fc.stringMatching(/^[A-Z][A-Z_]{0,11}$/).map((name) => `MY_${name}`);
const arns = (service: string, resource: string) =>
  fc.tuple(digits(12), word).map(([account, name]) => {
    return `arn:aws:${service}:eu-west-1:${account}:${resource}${name}`;
  });
const keys = hex.map((id) => `arn:aws:kms:eu-west-1:123456789012:key/${id}`);
const keysElsewhere = hex.map((id) => `arn:aws:kms:eu-central-1:123456789012:key/${id}`);
const blocks = (prefix: number) =>
  fc.integer({ min: 0, max: 2 ** prefix - 1 }).map((network) => {
    const address = network * 2 ** (32 - prefix);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${prefix}`;
  });
const ranges = fc
  .record({
    from: fc.integer({ min: 1024, max: 65_400 }),
    size: fc.integer({ min: 99, max: 9999 }),
  })
  .map(({ from, size }) => ({ from, to: Math.min(from + size, 65_535) }));

/** Fields shared by the containers of the app and of services. */
function containerFields(at: string): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return {
    [`${at}.image`]: fc.oneof(
      word.map((name) => `example.com/${name}:1`),
      word.map(
        (name) => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${name}@sha256:${"1b".repeat(32)}`,
      ),
      word.map((name) => ({ ssmParameter: `/images/${name}` })),
    ),
    [`${at}.memory`]: fc.integer({ min: 32, max: 300 }),
    [`${at}.cpu`]: fc.integer({ min: 32, max: 300 }),
    [`${at}.desiredCount`]: fc.integer({ min: 1, max: 3 }),
    [`${at}.image.ssmParameter`]: word.map((name) => `/images/${name}`),
    [`${at}.entryPoint`]: fc.array(anyText, { minLength: 1, maxLength: 3 }),
    [`${at}.command`]: fc.array(anyText, { minLength: 1, maxLength: 3 }),
    [`${at}.environment`]: fc.dictionary(variables, anyText),
    [`${at}.secrets`]: fc.dictionary(
      variables.map((name) => `SECRET_${name}`),
      fc.oneof(
        word.map((name) => `/secrets/${name}`),
        arns("ssm", "parameter/"),
        arns("secretsmanager", "secret:").map((arn) => `${arn}-AbC123`),
        arns("secretsmanager", "secret:").map((arn) => `${arn}-AbC123:key::`),
      ),
    ),
    [`${at}.secretKeyArns`]: some(keys, 0),
    [`${at}.taskPolicy`]: fc.array(
      fc.record({
        Effect: fc.constantFrom("Allow", "Deny"),
        Action: some(fc.constantFrom("s3:GetObject", "sqs:*", "dynamodb:Put*"), 1),
        Resource: some(fc.constantFrom("*", "arn:aws:s3:::games/*"), 1),
        Condition: fc
          .constantFrom("eu-west-1", ["eu-west-1", "eu-west-2"])
          .map((regions) => ({ StringEquals: { "aws:RequestedRegion": regions } })),
      }),
      { maxLength: 2 },
    ),
    [`${at}.taskPolicy.[].Action`]: fc.constant(["s3:GetObject"]),
    [`${at}.taskPolicy.[].Resource`]: fc.constant(["*"]),
    [`${at}.taskPolicy.[].Condition`]: fc.constant({}),
    [`${at}.healthCheck.command`]: fc.stringMatching(/^[a-z][a-z ]{0,20}$/),
  };
}

const byPath: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  account: digits(12),
  permissionsBoundaryArn: word.map((name) => `arn:aws:iam::123456789012:policy/${name}`),
  region: fc.constantFrom("eu-west-1", "us-gov-west-1", "cn-north-1", "ap-southeast-2"),
  tags: fc.dictionary(
    word.map((key) => `team:${key}`),
    fc.stringMatching(/^[\p{L} ._:/=+@-]{0,20}$/u),
  ),

  "state.bucket": fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,30}[a-z0-9]$/),
  "state.region": fc.constantFrom("eu-west-1", "us-east-1"),
  "state.key": fc.stringMatching(/^[\w.-]{1,12}(\/[\w.-]{1,12}){0,2}$/),

  // The VPC of the namespace in the same environment.
  "network.vpcId": fc.constant("vpc-0a1b"),
  "network.privateSubnetIds": some(ids("subnet"), 2),
  "network.publicSubnetIds": some(ids("subnet"), 2),
  "network.cidr": fc.integer({ min: 16, max: 24 }).chain((prefix) => blocks(prefix)),
  // The hosts of most bases have room for it.
  "redis.memory": fc.integer({ min: 128, max: 700 }),
  "redis.cpu": fc.integer({ min: 64, max: 700 }),
  "tasks.example.memory": fc.integer({ min: 32, max: 1600 }),
  "tasks.example.cpu": fc.integer({ min: 32, max: 2048 }),
  "app.autoscaling.min": fc.integer({ min: 1, max: 2 }),
  "app.autoscaling.max": fc.integer({ min: 2, max: 8 }),
  "cluster.minHosts": fc.integer({ min: 2, max: 4 }),
  "cluster.maxHosts": fc.integer({ min: 4, max: 36 }),
  "cluster.reservedMemory": fc.integer({ min: 0, max: 400 }),
  // In the region of most bases.
  "network.zones": some(fc.constantFrom("a", "b", "c"), 2, 3),
  "network.endpoints": some(fc.constantFrom("sqs", "sns", "kinesis-streams", "execute-api"), 0),

  "cluster.name": fc.stringMatching(/^[A-Za-z][\w-]{0,30}$/),
  "cluster.capacityProvider": fc.stringMatching(/^[A-Za-z][\w-]{0,30}$/),
  "cluster.instanceSecurityGroupIds": some(ids("sg"), 1),
  "cluster.dynamicPortRange": ranges,
  "cluster.instanceType": fc.constantFrom("t4g.medium", "m7i.large", "c7gn.large", "r8g.2xlarge"),
  // Only for a type that is not in the tables, with room for the tasks.
  "cluster.size.memory": fc.integer({ min: 8192, max: 33_554_432 }),
  "cluster.eniTrunking": fc.constant(false),
  "cluster.imagePull": fc.constant("default"),

  "cluster.imageId": ids("ami"),

  "namespace.id": ids("ns"),
  "namespace.name": fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{1,5})?$/),
  "namespace.vpcId": fc.constant("vpc-0a1b"),

  "fileSystem.path": fc.stringMatching(/^(\/[a-z_][\w.-]{0,10}){1,4}$/),
  "fileSystem.id": ids("fs"),
  "fileSystem.securityGroupId": ids("sg"),

  alarms: fc.constantFrom(false, { emails: ["on-call@example.com"] }),
  "alarms.emails": some(
    word.map((name) => `${name}@example.com`),
    1,
  ),
  "alarms.topicArn": word.map((name) => `arn:aws:sns:eu-west-1:123456789012:${name}`),
  backup: fc.constantFrom(false, {}),
  // Not the region of most bases.
  "fileSystem.replica.region": fc.constantFrom("eu-central-1"),
  "fileSystem.replica.kmsKeyArn": keysElsewhere,
  "backup.copy.region": fc.constantFrom("eu-central-1"),
  "backup.copy.kmsKeyArn": keysElsewhere,
  "backup.copy.vaultArn": word.map(
    (name) => `arn:aws:backup:eu-central-1:999999999999:backup-vault:${name}-copies`,
  ),
  // Close to the retention of the bases' backups.
  "backup.retentionDays": fc.integer({ min: 7, max: 3650 }),
  "backup.copy.retentionDays": fc.integer({ min: 7, max: 3650 }),
  "backup.lock.mode": fc.constantFrom("governance"),
  "backup.lock.minRetentionDays": fc.integer({ min: 1, max: 7 }),
  "backup.lock.maxRetentionDays": fc.integer({ min: 3650, max: 36_500 }),
  "backup.schedule": fc.constantFrom("cron(0 3 * * ? *)", "cron(30 1 ? * SUN *)"),

  "redis.image": fc.constantFrom(
    "redis:8.0.4",
    "public.ecr.aws/docker/library/redis:8-bookworm",
    "valkey/valkey:8.1",
    `123456789012.dkr.ecr.eu-west-1.amazonaws.com/redis:8.2@sha256:${"0a".repeat(32)}`,
  ),
  "redis.imageMirror": word.map(
    (prefix) => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${prefix}`,
  ),
  // The major version of those images.
  "redis.majorVersion": fc.constant(8),
  "redis.parameters": fc.dictionary(
    fc.constantFrom("maxclients", "hz", "slowlog-max-len", "auto-aof-rewrite-percentage"),
    fc.integer({ min: 1, max: 9000 }).map(String),
  ),

  // One version of each engine.
  "redis.url": fc.oneof(
    word.map((name) => `rediss://${name}.example.com:6379`),
    word.map((name) => `redis+srv://${name}.other-ecs/2`),
    arns("secretsmanager", "secret:").map((arn) => `${arn}-AbC123:address::`),
    word.map((name) => ({ ssmParameter: `/${name}/url` })),
  ),
  "redis.url.ssmParameter": word.map((name) => `/${name}/url`),
  "redis.password": fc.oneof(
    arns("secretsmanager", "secret:").map((arn) => `${arn}-AbC123`),
    word.map((name) => ({ ssmParameter: `/${name}/password` })),
  ),
  "redis.password.ssmParameter": word.map((name) => `/${name}/password`),

  tasks: fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[b-o0-9]$/),
    fc.record({ command: fc.constant(["node", "task.js"]) }),
    { maxKeys: 2 },
  ),
  "tasks.example.command": fc.array(anyText, { minLength: 1, maxLength: 3 }),
  "tasks.example.schedule": fc.constantFrom(
    "rate(1 minute)",
    "rate(12 hours)",
    "cron(0 3 * * ? *)",
  ),

  services: fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[b-o0-9]$/),
    fc.record({
      image: fc.constant("123456789012.dkr.ecr.eu-west-1.amazonaws.com/search:1"),
      port: fc.integer({ min: 1, max: 65_535 }),
      networkMode: fc.constantFrom("bridge", "awsvpc"),
    }),
    { maxKeys: 2 },
  ),
  "app.loadBalancer": fc.constantFrom(false, { healthCheck: { path: "/ready" } }),
  "app.loadBalancer.healthCheck.path": fc.stringMatching(/^\/[\w./~-]{0,20}$/),
  "app.loadBalancer.allowedCidrs": some(fc.oneof(blocks(24), blocks(0)), 1),
  "app.loadBalancer.certificateArn": hex.map(
    (id) => `arn:aws:acm:eu-west-1:123456789012:certificate/${id}`,
  ),
  "app.loadBalancer.sslPolicy": fc.constantFrom(
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
  ),
  "app.loadBalancer.hostname": word.map((name) => `${name}.example.com`),
  "app.loadBalancer.hostedZoneId": fc.stringMatching(/^Z[A-Z0-9]{3,20}$/),
  "app.loadBalancer.accessLogsBucket": fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,30}[a-z0-9]$/),
  ...containerFields("app"),
  ...containerFields("services.example"),
  "app.taskPolicyArns": some(
    word.map((name) => `arn:aws:iam::aws:policy/${name}`),
    0,
  ),
};
