import { securityGroupId } from "../../stacks/config/aws-ids.ts";
import { dynamicPort } from "../../stacks/config/cluster-schema.ts";
import { containerHealthCheck, imageReference } from "../../stacks/config/container-schema.ts";
import { text } from "../../stacks/config/fields.ts";
import { privateAllowed, subnetId } from "../../stacks/config/network-schema.ts";
import { secretReference } from "../../stacks/config/secret-reference.ts";
import { discoveredFields } from "../../stacks/config/services-schema.ts";
import { matches } from "./conditions.ts";
import { commonVariables, eachIn, named } from "./common-parts.ts";
import {
  orNull,
  type Validation,
  validationsOf,
  type Variable,
  variableOf,
  type Variables,
} from "./variable.ts";

const { port, networkMode, records, dnsTtl, desiredCount, memory, cpu, stopTimeout } =
  discoveredFields;
const { secretKeyArns } = discoveredFields;

const variableName = "a variable name such as LOG_LEVEL, except AWS_REGION and PORT";

/** Validations for the variable names in a map. */
function variableNames(map: string): Validation[] {
  const isName = validationsOf(text(/^[A-Za-z_]\w*$/, variableName), "key")[0]?.condition ?? "";
  return [
    {
      condition: `alltrue([for key, value in var.${map} : ${isName} && !contains(["AWS_REGION", "PORT"], key)])`,
      allowed: variableName,
    },
  ];
}

const checkFields = containerHealthCheck.shape;
const checkTimes = ["interval", "timeout", "retries", "startPeriod"] as const;
const snake = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const healthCheckType = [
  "command = string",
  ...checkTimes.map(
    (name) => `${snake(name)} = optional(number, ${String(checkFields[name].parse(undefined))})`,
  ),
].join(", ");

/** The inputs of the module `discovered-service`. */
export const discoveredInputs: Variables = {
  ...commonVariables,
  subnet_ids: {
    type: "list(string)",
    description: "Subnets of the hosts, one in each zone. Only tasks in awsvpc mode use them",
    validations: [
      { condition: "length(var.subnet_ids) >= 2", allowed: privateAllowed },
      ...eachIn("subnet_ids", subnetId, privateAllowed),
      {
        condition: "length(distinct(var.subnet_ids)) == length(var.subnet_ids)",
        allowed: privateAllowed,
      },
    ],
  },
  image: variableOf("image", text(imageReference, "an image with a tag or digest"), {
    description: "Image of the container",
  }),
  port: variableOf("port", port),
  network_mode: variableOf("network_mode", networkMode),
  records: variableOf("records", records, {
    validations: [
      {
        condition: 'var.records == "SRV" || var.network_mode == "awsvpc"',
        allowed: "SRV in the network modes bridge and host, because an A record has no port",
      },
    ],
  }),
  dns_ttl: variableOf("dns_ttl", dnsTtl),
  desired_count: variableOf("desired_count", desiredCount),
  memory: variableOf("memory", memory),
  cpu: variableOf("cpu", cpu),
  entry_point: words("entry_point", "Replaces the image's ENTRYPOINT"),
  command: words("command", "Replaces the image's CMD"),
  environment: {
    type: "map(string)",
    default: {},
    description: "Plain environment variables of the container; no secrets",
    validations: [
      ...variableNames("environment"),
      {
        condition: "alltrue([for value in values(var.environment) : value != null])",
        allowed: "text for each variable, not null",
      },
    ],
  },
  secrets: {
    type: "map(string)",
    default: {},
    description:
      "Secret environment variables: ARNs of secrets, of keys in secrets, or of parameters. ECS reads them when a task starts",
    validations: [
      ...variableNames("secrets"),
      ...validationsOf(secretReference, "arn").map(({ condition }) => ({
        condition: `alltrue([for arn in values(var.secrets) : ${matches(/^arn:/, "arn")} && ${condition}])`,
        allowed: "the full ARN of a secret, optionally with :json-key::, or of a parameter",
      })),
      {
        condition:
          "alltrue([for key in keys(var.secrets) : !contains(keys(var.environment), key)])",
        allowed: "variables that environment does not set",
      },
    ],
  },
  secret_key_arns: {
    type: "list(string)",
    default: [],
    description: "Customer managed KMS keys that encrypt those secrets",
    validations: [
      ...eachIn("secret_key_arns", secretKeyArns.unwrap().element, "KMS key ARNs"),
      {
        condition: "length(var.secret_key_arns) == 0 || length(var.secrets) > 0",
        allowed: "an empty list if secrets is empty",
      },
    ],
  },
  task_policies: {
    type: "list(string)",
    default: [],
    description: "IAM policy documents for the service, as JSON",
    validations: [
      {
        condition: "alltrue([for each in var.task_policies : can(jsondecode(each).Statement)])",
        allowed: "policy documents as JSON, from jsonencode() or aws_iam_policy_document",
      },
    ],
  },
  health_check: {
    type: `object({ ${healthCheckType} })`,
    default: null,
    description:
      "Health check inside the container: a shell command, and times in seconds. Only healthy tasks are in DNS, if there are any",
    validations: (["command", ...checkTimes] as const)
      .flatMap((name) =>
        validationsOf(checkFields[name], `var.health_check.${snake(name)}`).map(named(snake(name))),
      )
      .map(orNull("health_check")),
  },
  stop_timeout: variableOf("stop_timeout", stopTimeout),
  client_security_groups: {
    type: "map(string)",
    default: {},
    description:
      "Security groups that may connect to the port, in awsvpc and host mode, by a name of your choice. In bridge mode, the hosts' security group must allow clients",
    validations: [
      ...eachIn("client_security_groups", securityGroupId, "security group ids"),
      {
        condition:
          "length(distinct(values(var.client_security_groups))) == length(var.client_security_groups)",
        allowed: "no duplicates",
      },
      {
        condition: 'length(var.client_security_groups) == 0 || var.network_mode != "bridge"',
        allowed: "none in the network mode bridge, where the hosts' security group allows clients",
      },
    ],
  },
  dynamic_port_range: {
    type: "object({ from = number, to = number })",
    default: null,
    description:
      "Dynamic ports of the hosts. Set it if tasks in awsvpc mode connect to services in bridge mode, such as Redis: the module adds a rule to the hosts' security group",
    validations: [
      ...validationsOf(dynamicPort, "var.dynamic_port_range.from").map(named("from")),
      ...validationsOf(dynamicPort, "var.dynamic_port_range.to").map(named("to")),
      {
        condition: "var.dynamic_port_range.to > var.dynamic_port_range.from",
        allowed: "to greater than from",
      },
      {
        condition: 'var.network_mode == "awsvpc"',
        allowed: "null in the network modes bridge and host, where tasks use the hosts' rules",
      },
    ]
      // Comparing a null attribute is an error.
      .map((each) => ({ ...each, condition: `try(${each.condition}, false)` }))
      .map(orNull("dynamic_port_range")),
  },
};

function words(name: string, description: string): Variable {
  const isWord = {
    condition: `alltrue([for each in var.${name} : each != null])`,
    allowed: "a list of words without null",
  };
  const validations = [isWord].map(orNull(name));
  return { type: "list(string)", default: null, description, validations };
}
