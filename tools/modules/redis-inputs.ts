import { kmsKeyArn } from "../../stacks/config/aws-ids.ts";
import { efsPath, fileSystemId } from "../../stacks/config/file-system-schema.ts";
import { privateAllowed, subnetId } from "../../stacks/config/network-schema.ts";
import {
  redisHealthCheckSchema,
  redisHealthTimes,
} from "../../stacks/config/redis-health-schema.ts";
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

const subnetsAllowed = `${privateAllowed}, unless file_system is set`;

const healthTimes = ["interval", "timeout", "retries"] as const;
const defaults = redisHealthTimes.parse({});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
const recoveryDays = Array.from({ length: 24 }, (_, index) => index + 7);

const topics = "ARNs of SNS topics, arn:aws:sns:<region>:<account>:<name>";

/** The inputs of the module `redis`. */
export const redisInputs: Variables = {
  ...commonVariables,
  subnets: {
    type: "map(string)",
    default: {},
    description:
      "Subnets of the hosts, one in each zone, by a name such as the zone's. The names must be known when Terraform plans. A new file system has a mount target in each; with file_system they are not used",
    validations: [
      {
        condition: "var.file_system != null || length(var.subnets) >= 2",
        allowed: subnetsAllowed,
      },
      ...eachIn("subnets", subnetId, subnetsAllowed),
      {
        condition: "length(distinct(values(var.subnets))) == length(var.subnets)",
        allowed: subnetsAllowed,
      },
    ],
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
  health_check: {
    type: `object({ ${healthTimes.map((time) => `${time} = optional(number, ${defaults[time]})`).join(", ")} })`,
    default: {},
    description: `Health check of Redis. ${redisHealthCheckSchema.description}`,
    validations: healthTimes.flatMap((time) =>
      validationsOf(redisHealthTimes.shape[time], `var.health_check.${time}`).map(named(time)),
    ),
  },
  secret_recovery_window_days: {
    type: "number",
    default: 30,
    description:
      "How long a deleted password can be recovered. Until then its name is taken, so that the module cannot be created again with the same name. 0, for environments that come and go: it is deleted at once",
    validations: [
      {
        condition: `contains([0, ${recoveryDays.join(", ")}], var.secret_recovery_window_days)`,
        allowed: "0, or a whole number from 7 to 30 (days)",
      },
    ],
  },
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
