import { randomInt } from "node:crypto";
import { HarnessError } from "../base/errors.ts";
import type { Block } from "./module.ts";
import type { Computed } from "./resolver.ts";

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** What hashicorp/random draws from when `special` is not turned off. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** Bytes that a secret can hold: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const LONGEST_SECRET = 65_536;

/** Values that only AWS knows, given for a run. */
export interface KnownValues {
  /** SSM parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Secrets that exist outside the template, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Names of Cloud Map namespaces that exist outside the template, by id. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** Values of attributes that only AWS knows, by `address.attribute`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Values of random resources in this run so far, by address: a second apply gets the same. */
  readonly drawn: Map<string, string>;
}

/** Where a template is applied. */
export interface Where {
  readonly region: string | undefined;
  readonly account: string;
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * The local values of computed attributes; undefined where there is none.
 * @param where what the provider says of it
 */
export function computedValues({ region, account }: Where, known: KnownValues): Computed {
  const attributes = new Map(Object.entries(known.attributes ?? {}));
  // Ephemeral values are drawn again for each apply: a secret keeps what was written into it.
  const ephemeral = new Map<string, string>();
  return (block, attribute, given) => {
    const value = attributes.get(`${block.address}.${attribute}`);
    if (value !== undefined) return value;
    switch (block.type) {
      case "random_password":
      case "random_string":
        return attribute === "result"
          ? draw(block, block.kind === "ephemeral" ? ephemeral : known.drawn)
          : undefined;
      case "aws_ssm_parameter":
        return block.kind === "data" && (attribute === "value" || attribute === "insecure_value")
          ? // A plan has read it.
            (given(attribute) ?? parameter(block, known.parameters))
          : undefined;
      // Modules learn from it where they are.
      case "aws_cloudwatch_log_group":
        return attribute === "arn" && region !== undefined
          ? `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${String(given("name"))}`
          : undefined;
      case "aws_region":
        return attribute === "name" || attribute === "region" || attribute === "id"
          ? region
          : undefined;
      default:
        return undefined;
    }
  };
}

function draw(block: Block, drawn: Map<string, string>): string {
  const { length, special = true, override_special: own } = block.arguments;
  if (typeof length !== "number" || !(length >= 1 && length <= LONGEST_SECRET)) {
    const message = `${block.address}.length: expected a number from 1 to ${LONGEST_SECRET}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const alphabet =
    LETTERS_AND_DIGITS + (special === false ? "" : typeof own === "string" ? own : SPECIAL);
  const value =
    drawn.get(block.address) ??
    Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
  drawn.set(block.address, value);
  return value;
}

function parameter(block: Block, parameters: KnownValues["parameters"]): string {
  const name = String(block.arguments["name"]);
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value !== undefined) return value;
  const message = `${block.address}: SSM parameter "${name}" has no local value; give one in the option parameters`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}
