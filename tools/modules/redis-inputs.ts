import { kmsKeyArn } from "../../stacks/config/aws-ids.ts";
import { efsPath, fileSystemId } from "../../stacks/config/file-system-schema.ts";
import { topicArn } from "../../stacks/config/operation-schema.ts";
import {
  defaultMajorVersion,
  imageAllowed,
  majorVersionPattern,
  passwordVersion,
  serviceFields,
  withoutLock,
} from "../../stacks/config/redis-schema.ts";
import { matches } from "./conditions.ts";
import { commonVariables, eachIn, named } from "./common-parts.ts";
import { orNull, validationsOf, variableOf, type Variables } from "./variable.ts";

const { image, memory, cpu, maxmemoryPolicy, appendfsync, parameters, modules, metrics, dnsTtl } =
  serviceFields;

const topics = "ARNs of SNS topics, arn:aws:sns:<region>:<account>:<name>";

/** The inputs of the module `redis`. */
export const redisInputs: Variables = {
  ...commonVariables,
  subnet_ids: {
    ...commonVariables.subnet_ids,
    description:
      "Subnets of the hosts, one in each zone. A new file system has a mount target in each; with file_system they are not used. Append new subnets at the end: a change of the order replaces mount targets, and Redis loses its file system meanwhile",
  },
  image: variableOf("image", image, {
    validations: [
      {
        condition: `!${matches(new RegExp(withoutLock.source), "lower(var.image)")} && !${matches(/:latest(@|$)/, "var.image")}`,
        allowed: imageAllowed,
      },
    ],
  }),
  major_version: variableOf("major_version", serviceFields.majorVersion, {
    default: defaultMajorVersion,
    description: "Major version of the image. To upgrade, make a backup, then change both inputs",
    validations: [
      {
        // If the tag has no version, it cannot be checked.
        condition: `try(tonumber(regex(${JSON.stringify(majorVersionPattern.source)}, var.image)[0]), var.major_version) == var.major_version`,
        allowed:
          "the major version in the tag of image; an older version cannot read data of a newer one",
      },
    ],
  }),
  memory: variableOf("memory", memory),
  cpu: variableOf("cpu", cpu),
  maxmemory_policy: variableOf("maxmemory_policy", maxmemoryPolicy),
  appendfsync: variableOf("appendfsync", appendfsync),
  parameters: variableOf("parameters", parameters, {
    description: "Additional parameters of redis.conf, for tuning: a map from name to text",
  }),
  modules: variableOf("modules", modules),
  metrics: variableOf("metrics", metrics),
  dns_ttl: variableOf("dns_ttl", dnsTtl),
  password_version: variableOf("password_version", passwordVersion, {
    description:
      "Step of the rotation of Redis' two passwords. To rotate, increase it by one: an even number switches the app to the other password, an odd number replaces the unused one",
  }),
  file_system: {
    type: "object({ id = string, path = optional(string) })",
    default: null,
    description:
      "An existing EFS file system that the hosts can mount, and the folder for Redis' data, which must belong to 999:999 if it exists. Use it for data that must not be lost, with prevent_destroy on your file system. Default: the module creates a file system, and destroys it with the module or when file_system is set later",
    validations: [
      ...validationsOf(fileSystemId, "var.file_system.id").map(named("id")),
      ...validationsOf(efsPath, "var.file_system.path").map(named("path")),
    ].map(orNull("file_system")),
  },
  kms_key_arn: variableOf("kms_key_arn", kmsKeyArn, {
    default: null,
    description:
      "KMS key for the new file system. It cannot change later. Default: the AWS managed key for EFS",
    validations: [
      {
        condition: "var.file_system == null",
        allowed: "null with file_system, which has its own key",
      },
    ],
  }),
  alarm_topic_arns: {
    type: "list(string)",
    default: [],
    description:
      "SNS topics for alarms: Redis is not running, Redis is full, or its host is silent. The alarms need the cluster's Container Insights. Default: no alarms",
    validations: eachIn("alarm_topic_arns", topicArn, topics),
  },
};
