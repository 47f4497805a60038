import { kmsKeyArn } from "../config/aws-ids.ts";
import { efsPath, fileSystemId } from "../config/file-system-schema.ts";
import { topicArn } from "../config/operation-schema.ts";
import {
  defaultMajorVersion,
  imageAllowed,
  majorVersionPattern,
  passwordVersion,
  serviceFields,
  withoutLock,
} from "../config/redis-schema.ts";
import { matches } from "./conditions.ts";
import { commonVariables, eachIn, named } from "./surroundings.ts";
import { orNull, validationsOf, variableOf, type Variables } from "./variable.ts";

const { image, memory, cpu, maxmemoryPolicy, appendfsync, parameters, modules, metrics, dnsTtl } =
  serviceFields;

const topics = "ARNs of SNS topics, arn:aws:sns:<region>:<account>:<name>";

/** The inputs of the module of Redis. */
export const redisInputs: Variables = {
  ...commonVariables,
  subnet_ids: {
    ...commonVariables.subnet_ids,
    description:
      "Subnets of the hosts, one in each zone: the created file system has a mount target in each. With file_system they are not used. Append new ones at the end: another order replaces mount targets, and Redis loses its file system meanwhile",
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
    description: "Major version of the image. To upgrade, make a backup, then change both",
    validations: [
      {
        // A tag without a number, or a digest, says nothing.
        condition: `try(tonumber(regex(${JSON.stringify(majorVersionPattern.source)}, var.image)[0]), var.major_version) == var.major_version`,
        allowed:
          "the major version in the tag of image; data that a newer version has written are lost to an older one",
      },
    ],
  }),
  memory: variableOf("memory", memory),
  cpu: variableOf("cpu", cpu),
  maxmemory_policy: variableOf("maxmemory_policy", maxmemoryPolicy),
  appendfsync: variableOf("appendfsync", appendfsync),
  parameters: variableOf("parameters", parameters, {
    description: "Further parameters of redis.conf, for tuning, from name to text",
  }),
  modules: variableOf("modules", modules),
  metrics: variableOf("metrics", metrics),
  dns_ttl: variableOf("dns_ttl", dnsTtl),
  password_version: variableOf("password_version", passwordVersion, {
    description:
      "The step of the rotation of the two passwords. Raise it by one: at even numbers the app changes to the other password, at odd numbers the unused one gets a new value",
  }),
  file_system: {
    type: "object({ id = string, path = optional(string) })",
    default: null,
    description:
      "An existing EFS file system, which the hosts can mount, and the folder of Redis' data on it, owned by 999:999 if it exists already. For data that must not be lost: the file system is yours, with prevent_destroy. Left out: one is created, and destroyed with the module, or when file_system is set later",
    validations: [
      ...validationsOf(fileSystemId, "var.file_system.id").map(named("id")),
      ...validationsOf(efsPath, "var.file_system.path").map(named("path")),
    ].map(orNull("file_system")),
  },
  kms_key_arn: variableOf("kms_key_arn", kmsKeyArn, {
    default: null,
    description:
      "Key that encrypts the file system that is created; it cannot change later. Left out: AWS's own for EFS",
    validations: [
      {
        condition: "var.file_system == null",
        allowed: "null with file_system, which has a key of its own",
      },
    ],
  }),
  alarm_topic_arns: {
    type: "list(string)",
    default: [],
    description:
      "SNS topics that are told when Redis does not run, is full, or its host falls silent. They need Container Insights of the cluster. Empty: no alarms",
    validations: eachIn("alarm_topic_arns", topicArn, topics),
  },
};
