import { randomInt } from "node:crypto";
import { HarnessError } from "../base/errors.ts";
import { arnOf } from "./aws-names.ts";
import type { Block } from "./module.ts";
import type { Plan } from "./plan.ts";
import type { Computed } from "./resolver.ts";

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The special characters of hashicorp/random, unless `special` is false. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/**
 * Maximum size of a secret in bytes:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const LONGEST_SECRET = 65_536;

/** Values for a run that only AWS knows. */
export interface KnownValues {
  /** SSM parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Existing secrets outside the template, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Names of existing Cloud Map namespaces outside the template, by id. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** Values of attributes that only AWS knows, by `address.attribute`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Values of random resources in this run, by address, so that a second apply gets the same ones. */
  readonly drawn: Map<string, string>;
  /** Changes a plan before it runs. @default nothing */
  readonly adjust?: (plan: Plan) => Plan;
}

/** The region and account of a template. */
export interface Where {
  readonly region: string | undefined;
  readonly account: string;
}

/**
 * The local values of computed attributes; undefined if there is none.
 * @param where region and account of the provider
 */
export function computedValues({ region, account }: Where, known: KnownValues): Computed {
  const attributes = new Map(Object.entries(known.attributes ?? {}));
  // Ephemeral values are new for each apply. A secret keeps the value that was written to it.
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
          ? // A saved plan has already read it.
            (given(attribute) ?? parameter(block, known.parameters))
          : undefined;
      // Modules read the region and account from it.
      case "aws_cloudwatch_log_group":
        return attribute === "arn" && region !== undefined
          ? arnOf(block.type, String(given("name")), { region, account })
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
