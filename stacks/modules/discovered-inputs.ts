import { securityGroupId } from "../config/aws-ids.ts";
import { dynamicPort } from "../config/cluster-schema.ts";
import { containerHealthCheck, imageReference } from "../config/container-schema.ts";
import { text } from "../config/fields.ts";
import { secretReference } from "../config/secret-reference.ts";
import { discoveredFields } from "../config/services-schema.ts";
import { matches } from "./conditions.ts";
import { commonVariables, eachIn, named } from "./surroundings.ts";
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

const variableName = "a variable name such as LOG_LEVEL, none of AWS_REGION and PORT";

/** The names of variables in a map. */
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

/** The inputs of the module of a service that others find. */
export const discoveredInputs: Variables = {
  ...commonVariables,
  subnet_ids: {
    ...commonVariables.subnet_ids,
    description:
      "Subnets of the hosts, one in each zone. In awsvpc mode the tasks are in them; other modes do not use them",
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
        allowed: "SRV in the network modes bridge and host, whose port an A record does not tell",
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
        allowed: "a text for each variable, not null",
      },
    ],
  },
  secrets: {
    type: "map(string)",
    default: {},
    description:
      "Variables that ECS reads when a task starts: ARNs of secrets, of keys in them, or of parameters",
    validations: [
      ...variableNames("secrets"),
      ...validationsOf(secretReference, "arn").map(({ condition }) => ({
        condition: `alltrue([for arn in values(var.secrets) : ${matches(/^arn:/, "arn")} && ${condition}])`,
        allowed:
          "the full ARN of a secret, with :json-key:: after it for one key of it, or of a parameter",
      })),
      {
        condition:
          "alltrue([for key in keys(var.secrets) : !contains(keys(var.environment), key)])",
        allowed: "variables that environment does not set as well",
      },
    ],
  },
  secret_key_arns: {
    type: "list(string)",
    default: [],
    description: "Your own KMS keys that those secrets are encrypted with",
    validations: [
      ...eachIn("secret_key_arns", secretKeyArns.unwrap().element, "KMS key ARNs"),
      {
        condition: "length(var.secret_key_arns) == 0 || length(var.secrets) > 0",
        allowed: "none without secrets",
      },
    ],
  },
  task_policies: {
    type: "list(string)",
    default: [],
    description: "Policy documents in JSON: what the program may do in AWS",
    validations: [
      {
        condition: "alltrue([for each in var.task_policies : can(jsondecode(each).Statement)])",
        allowed: "policy documents in JSON, as jsonencode() or aws_iam_policy_document give them",
      },
    ],
  },
  health_check: {
    type: `object({ ${healthCheckType} })`,
    default: null,
    description:
      "A check inside the container, a line of sh; times in seconds. Once a task is healthy, only healthy ones are found",
    validations: (["command", ...checkTimes] as const)
      .flatMap((name) =>
        validationsOf(checkFields[name], `var.health_check.${snake(name)}`).map(named(snake(name))),
      )
      .map(orNull("health_check")),
  },
  stop_timeout: variableOf("stop_timeout", stopTimeout),
  client_security_group_ids: {
    type: "list(string)",
    default: [],
    description:
      "Security groups that are let in to the port in awsvpc and host mode. In bridge mode the hosts let clients in on their dynamic ports. Append new ones at the end, and take away from the end: in another order AWS refuses a rule that is there twice",
    validations: [
      ...eachIn("client_security_group_ids", securityGroupId, "security group ids"),
      {
        condition:
          "length(distinct(var.client_security_group_ids)) == length(var.client_security_group_ids)",
        allowed: "each once",
      },
      {
        condition: 'length(var.client_security_group_ids) == 0 || var.network_mode != "bridge"',
        allowed: "none in the network mode bridge: the security group of the hosts lets clients in",
      },
    ],
  },
  dynamic_port_range: {
    type: "object({ from = number, to = number })",
    default: null,
    description:
      "Dynamic ports of the hosts, if tasks in awsvpc mode connect to services in bridge mode, such as Redis: the hosts let them in",
    validations: [
      ...validationsOf(dynamicPort, "var.dynamic_port_range.from").map(named("from")),
      ...validationsOf(dynamicPort, "var.dynamic_port_range.to").map(named("to")),
      {
        condition: "var.dynamic_port_range.to > var.dynamic_port_range.from",
        allowed: "to above from",
      },
      {
        condition: 'var.network_mode == "awsvpc"',
        allowed: "null in the network modes bridge and host: a rule for the hosts is theirs",
      },
    ]
      // An attribute that is null is an error in a comparison.
      .map((each) => ({ ...each, condition: `try(${each.condition}, false)` }))
      .map(orNull("dynamic_port_range")),
  },
};

function words(name: string, description: string): Variable {
  const isWord = {
    condition: `alltrue([for each in var.${name} : each != null])`,
    allowed: "a list of words, none of them null",
  };
  const validations = [isWord].map(orNull(name));
  return { type: "list(string)", default: null, description, validations };
}
