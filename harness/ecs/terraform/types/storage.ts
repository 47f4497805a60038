import { randomInt } from "node:crypto";
import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { block, computed, count, noEffect, refersTo, resource, text } from "./fields.ts";
import {
  always,
  ANY_CHANGE,
  entryOf,
  type ResourceTypes,
  type ValueSource,
} from "./resource-type.ts";

/** The number of a user or a group. */
const id = count.pipe(z.number().max(4_294_967_295));

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreationInfo.html */
const creationInfo = z.strictObject({
  owner_uid: id,
  owner_gid: id,
  permissions: text.pipe(z.string().regex(/^[0-7]{3,4}$/, "expected octal permissions, 0755")),
});

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The special characters of hashicorp/random, unless `special` is false. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/**
 * Maximum size of a secret in bytes:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const LONGEST_SECRET = 65_536;

/** The value of a random resource: a new one, or the one that was drawn before. */
function draw({ block: { address, arguments: given }, drawn }: ValueSource): string {
  const { length, special = true, override_special: own } = given;
  if (typeof length !== "number" || !(length >= 1 && length <= LONGEST_SECRET)) {
    const message = `${address}.length: expected a number from 1 to ${LONGEST_SECRET}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const alphabet =
    LETTERS_AND_DIGITS + (special === false ? "" : typeof own === "string" ? own : SPECIAL);
  const value =
    drawn.get(address) ??
    Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
  drawn.set(address, value);
  return value;
}

/** The value of an existing parameter. A saved plan has already read it. */
const parameter =
  (attribute: string) =>
  ({ block: { address, kind, arguments: written }, given, parameters }: ValueSource): unknown => {
    if (kind !== "data") return undefined;
    const name = String(written["name"]);
    const value = given(attribute) ?? entryOf(parameters, name);
    if (value !== undefined) return value;
    const message = `${address}: SSM parameter "${name}" has no local value; give one`;
    throw new HarnessError("ERR_UNSUPPORTED", message, { hint: { option: "parameters", name } });
  };

/** Data that exist longer than a task: file systems, secrets and parameters. */
export const storage = {
  aws_efs_file_system: {
    schema: resource({
      creation_token: noEffect,
      encrypted: noEffect,
      kms_key_id: noEffect,
      performance_mode: noEffect,
      throughput_mode: noEffect,
      provisioned_throughput_in_mibps: noEffect,
      lifecycle_policy: noEffect,
      availability_zone_name: noEffect,
      protection: noEffect,
    }),
    replacedBy: always(
      "creation_token",
      "encrypted",
      "kms_key_id",
      "performance_mode",
      "availability_zone_name",
    ),
    // A new one would be empty.
    changeable: ["create", "update", "delete"],
    placeholder: { id: "fs-" },
  },
  aws_efs_access_point: {
    schema: resource({
      file_system_id: refersTo("aws_efs_file_system.id"),
      root_directory: block(
        z.strictObject({ path: computed(text.default("/")), creation_info: block(creationInfo) }),
      ),
      posix_user: block(z.strictObject({ uid: id, gid: id, secondary_gids: noEffect })),
    }),
    replacedBy: always("file_system_id", "root_directory", "posix_user"),
    changeable: ANY_CHANGE,
  },
  aws_secretsmanager_secret: {
    schema: resource({
      name: computed(text.optional()),
      name_prefix: computed(text.optional()),
      description: noEffect,
      kms_key_id: noEffect,
      policy: noEffect,
      recovery_window_in_days: noEffect,
      force_overwrite_replica_secret: noEffect,
      replica: noEffect,
    }),
    replacedBy: always("name", "name_prefix"),
    changeable: ANY_CHANGE,
    inContainers: "value",
  },
  aws_secretsmanager_secret_version: {
    schema: resource({
      secret_id: refersTo("aws_secretsmanager_secret.id"),
      secret_string: text.optional(),
      secret_string_wo: text.optional(),
      secret_string_wo_version: noEffect,
      version_stages: computed(z.array(text).optional()),
    }),
    replacedBy: always("secret_id", "secret_string", "secret_string_wo_version"),
    changeable: ANY_CHANGE,
  },
  aws_ssm_parameter: {
    values: { value: parameter("value"), insecure_value: parameter("insecure_value") },
    inContainers: "value",
  },
  random_password: { values: { result: draw } },
  random_string: { values: { result: draw } },
} as const satisfies ResourceTypes;
