import { describe, expect, it } from "vitest";
import { serviceFields } from "../../../stacks/config/redis-schema.ts";
import { discoveredFields } from "../../../stacks/config/services-schema.ts";
import { kmsKeyArn, securityGroupId, vpcId } from "../../../stacks/config/aws-ids.ts";
import { clusterName } from "../../../stacks/config/cluster-schema.ts";
import { efsPath, fileSystemId } from "../../../stacks/config/file-system-schema.ts";
import { logFields } from "../../../stacks/config/log-fields.ts";
import { namespaceId, namespaceName } from "../../../stacks/config/namespace-schema.ts";
import { topicArn } from "../../../stacks/config/operation-schema.ts";
import { validationsOf } from "../../../tools/modules/variable.ts";
import { readTemplate } from "../../../harness/ecs/index.ts";

// The validations of a module must agree with the configuration's schema.

const { memory, cpu, appendfsync, maxmemoryPolicy, parameters, dnsTtl, majorVersion } =
  serviceFields;
const { port, networkMode, records, desiredCount, stopTimeout } = discoveredFields;
const fields = {
  memory,
  cpu,
  appendfsync,
  maxmemoryPolicy,
  parameters,
  dnsTtl,
  majorVersion,
  port,
  networkMode,
  records,
  desiredCount,
  stopTimeout,
  kmsKeyArn,
  securityGroupId,
  vpcId,
  clusterName,
  efsPath,
  fileSystemId,
  namespaceId,
  namespaceName,
  topicArn,
  logRetentionDays: logFields.logRetentionDays,
};

const words = `a A always everysec noeviction bridge SRV vpc-0a1b vpc- sg-01 fs-0a fs-0g ns-0a dev-ecs dev.ecs
  -dev dev- /redis / /a/b/c/d /a/b/c/d/e /.. /.a /a/./b redis arn:aws:kms:eu-central-1:111111111111:key/0-a
  arn:aws:sns:eu-central-1:111111111111:topic arn:aws-cn:sns:cn-north-1:111111111111:topic`;
const long = [99, 100, 200, 201, 256].flatMap((length) => [
  "a".repeat(length),
  `/${"a".repeat(length)}`,
]);
const texts = ["", " ", "a b", "a\nb", 'a"b', ...words.split(/\s+/), ...long];
const numbers = [
  -1, 0, 0.5, 1, 2, 6, 30, 31, 63, 64, 127, 128, 300, 301, 1000, 65_535, 65_536, 1e6,
];
const maps = [
  {},
  { timeout: "10" },
  { timeout: "" },
  { dir: "x" },
  { "client-output-buffer-limit": "pubsub 64mb 16mb 30" },
  { hz: "1;2" },
  { hz: "10", timeout: "-1" },
];

describe("a validation of a module", () => {
  it.each(Object.entries(fields))("agrees with the schema about %s", async (_name, schema) => {
    const conditions = validationsOf(schema, "var.value").map(({ condition }) => condition);
    expect(conditions.length).toBeGreaterThan(0);
    const sample = schema.safeParse(undefined).data ?? "text";
    const pool = typeof sample === "object" ? maps : [...texts, ...numbers];
    // Terraform converts between strings and numbers.
    const types = new Set(
      pool.filter((value) => schema.safeParse(value).success).map((value) => typeof value),
    );
    const candidates = pool.filter((value) => types.has(typeof value));
    const verdicts = candidates.map((value) => schema.safeParse(value).success);
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
    const held: Record<string, boolean> = {};
    for (const value of candidates) held[JSON.stringify(value)] = await holds(conditions, value);
    const wanted = candidates.map((value, index) => [JSON.stringify(value), verdicts[index]]);
    expect(held).toEqual(Object.fromEntries(wanted));
  });
});

/** Whether the local ECS accepts a value of a variable with these conditions. */
async function holds(conditions: readonly string[], value: unknown): Promise<boolean> {
  const validation = conditions.map((condition) => ({
    condition: `\${${condition}}`,
    error_message: "refused",
  }));
  const template = {
    variable: { value: { default: value, validation } },
    resource: { aws_vpc: { main: {} } },
  };
  const reading = readTemplate(template, { parameters: {}, drawn: new Map() });
  return reading.then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ message: expect.stringContaining("var.value: refused") });
      return false;
    },
  );
}
