import { createHash } from "node:crypto";
import { markedDocument } from "./policy-documents.ts";

// Values that only AWS knows, in the form that AWS gives them: the provider checks them, and so do containers. They come from the
// address alone, so that two evaluations of a folder compare.

/** The account of all ARNs. */
const ACCOUNT = "111111111111";

/** An instance that Terraform would create. */
export interface Created {
  readonly address: string;
  readonly type: string;
  /** The arguments that are known. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Prefixes of ids, by type. */
const ID_PREFIXES: Readonly<Record<string, string>> = {
  aws_efs_access_point: "fsap",
  aws_efs_file_system: "fs",
  aws_eip: "eipalloc",
  aws_instance: "i",
  aws_internet_gateway: "igw",
  aws_launch_template: "lt",
  aws_nat_gateway: "nat",
  aws_route_table: "rtb",
  aws_security_group: "sg",
  aws_service_discovery_http_namespace: "ns",
  aws_service_discovery_private_dns_namespace: "ns",
  aws_service_discovery_public_dns_namespace: "ns",
  aws_service_discovery_service: "srv",
  aws_subnet: "subnet",
  aws_vpc: "vpc",
  aws_vpc_endpoint: "vpce",
};

/** Types whose id is their ARN. */
const ARN_IS_ID =
  /^aws_(?:a?lb|a?lb_listener|a?lb_listener_rule|a?lb_target_group|acm_certificate|ecs_capacity_provider|ecs_cluster|ecs_service|iam_policy|secretsmanager_secret|sns_topic)$/;

/** The service in an ARN, by what a type begins with. Others: the first word of the type. */
const ARN_SERVICES: readonly (readonly [prefix: string, service: string])[] = [
  ["aws_alb", "elasticloadbalancing"],
  ["aws_appautoscaling", "application-autoscaling"],
  ["aws_cloudwatch_log", "logs"],
  ["aws_efs", "elasticfilesystem"],
  ["aws_lb", "elasticloadbalancing"],
  ["aws_security_group", "ec2"],
  ["aws_service_discovery", "servicediscovery"],
  ["aws_subnet", "ec2"],
  ["aws_vpc", "ec2"],
];

/** What follows the account in an ARN, where it is not the type and the name. */
const ARN_RESOURCES: Readonly<Record<string, (name: string, hex: string) => string>> = {
  aws_cloudwatch_log_group: (name) => `log-group:${name}`,
  aws_ecs_cluster: (name) => `cluster/${name}`,
  aws_ecs_task_definition: (name) => `task-definition/${name}:1`,
  aws_iam_policy: (name) => `policy/${name}`,
  aws_iam_role: (name) => `role/${name}`,
  aws_kms_key: (_, hex) =>
    `key/${[8, 12, 16, 20, 32].map((to, n, all) => hex.slice(all[n - 1] ?? 0, to)).join("-")}`,
  aws_secretsmanager_secret: (name, hex) => `secret:${name}-${hex.slice(0, 6)}`,
  aws_sns_topic: (name) => name,
  aws_sqs_queue: (name) => name,
  aws_ssm_parameter: (name) => `parameter/${name.replace(/^\//, "")}`,
};

/** Services whose ARNs have no region. */
const GLOBAL: ReadonlySet<string> = new Set(["iam", "cloudfront", "route53"]);

const arnOf = (service: string, region: string, rest: string): string =>
  `arn:aws:${service}:${GLOBAL.has(service) ? "" : region}:${ACCOUNT}:${rest}`;

/** What a folder may leave out, and the API's default. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_ecs_service: { scheduling_strategy: "REPLICA" },
  aws_ecs_task_definition: { network_mode: "bridge" },
  aws_lb_listener: { protocol: "HTTP" },
  aws_lb_target_group: {
    protocol_version: "HTTP1",
    target_type: "instance",
    ip_address_type: "ipv4",
  },
  aws_service_discovery_service: { type: "DNS_HTTP" },
};

/** What AWS sets where a folder leaves an argument out. */
export const defaultOf = (type: string, attribute: string): string | undefined =>
  DEFAULTS[type]?.[attribute];

/** Hosts that only AWS knows end with this: no DNS server has them. https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
export const NO_HOST = ".invalid";

const HOST = /(?:^|_)(?:dns_name|endpoint|address|domain_name|hostname|fqdn)$/;

const hexOf = (address: string): string => createHash("sha256").update(address).digest("hex");

/** Letters, digits and hyphens. */
const slug = (address: string): string =>
  address
    .replaceAll(/[^\dA-Za-z]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(-48);

/** A text of no form. */
export const anyText = (address: string, attribute: string): string =>
  hexOf(`${address}.${attribute}`).slice(0, 16);

/** A text that AWS gives to an instance. */
export function computedText(
  { address, type, values }: Created,
  attribute: string,
  region: string,
): string {
  const hex = hexOf(address);
  const { name = values["family"] } = values;
  const own = typeof name === "string" ? name : `${slug(address)}-${hex.slice(0, 6)}`;
  const arn = (): string => {
    const [, service = type.split("_")[1] ?? "aws"] =
      ARN_SERVICES.find(([prefix]) => type.startsWith(prefix)) ?? [];
    const kind = type.replace(/^aws_/, "");
    const rest = ARN_RESOURCES[type]?.(own, hex) ?? `${kind}/${own}/${hex.slice(0, 16)}`;
    return arnOf(service, region, rest);
  };
  const left = defaultOf(type, attribute);
  if (left !== undefined) return left;
  if (attribute === "arn" || attribute.endsWith("_arn")) return arn();
  if (attribute === "id") {
    const prefix = ID_PREFIXES[type];
    if (prefix !== undefined) return `${prefix}-${hex.slice(0, 17)}`;
    return ARN_IS_ID.test(type) ? arn() : own;
  }
  if (attribute === "name") return own;
  if (attribute === "repository_url") return `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/${own}`;
  if (attribute === "owner_id" || attribute === "account_id") return ACCOUNT;
  if (attribute === "cidr_block") return "10.0.0.0/16";
  if (/(?:^|_)(?:json|policy)$/.test(attribute)) return "{}";
  return HOST.test(attribute)
    ? `${slug(attribute)}.${slug(address)}${NO_HOST}`.toLowerCase()
    : anyText(address, attribute);
}

/** The letters of a region's zones that a new account has, where they are not a, b and c. */
const ZONES: Readonly<Record<string, string>> = {
  "ap-northeast-1": "acd",
  "ca-central-1": "abd",
  "us-west-1": "ac",
};

/** What data sources find, by type. @param region of the provider */
export const foundValues = (
  region: string,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> => {
  const ami = "ami-0123456789abcdef0";
  const zones = ZONES[region] ?? "abc";
  const image = JSON.stringify({ image_id: ami });
  const arn = (service: string, rest: string): string => arnOf(service, region, rest);
  return {
    aws_acm_certificate: { arn: arn("acm", "certificate/00000000-0000-0000-0000-000000000000") },
    aws_ami: { id: ami, image_id: ami },
    aws_availability_zones: {
      names: Array.from(zones, (zone) => `${region}${zone}`),
      zone_ids: Array.from(zones, (_, index) => `az${index + 1}`),
    },
    aws_caller_identity: { account_id: ACCOUNT, arn: arn("iam", "user/me"), id: ACCOUNT },
    aws_cloudwatch_log_group: { arn: arn("logs", "log-group:existing") },
    aws_ecs_cluster: { arn: arn("ecs", "cluster/existing") },
    aws_elb_service_account: { arn: "arn:aws:iam::054676820928:root" },
    aws_iam_policy: { arn: "arn:aws:iam::aws:policy/existing" },
    // One that has no mark of its own cannot be read.
    aws_iam_policy_document: { json: markedDocument("?"), minified_json: markedDocument("?") },
    aws_iam_role: { arn: arn("iam", "role/existing") },
    aws_iam_session_context: { issuer_arn: arn("iam", "role/existing") },
    aws_kms_key: { arn: arn("kms", "key/00000000-0000-0000-0000-000000000000") },
    aws_partition: { partition: "aws", dns_suffix: "amazonaws.com", id: "aws" },
    aws_region: { name: region, id: region },
    aws_secretsmanager_secret: { arn: arn("secretsmanager", "secret:existing-a1B2c3") },
    aws_service_discovery_dns_namespace: {
      arn: arn("servicediscovery", "namespace/ns-0123456789abcdef0"),
    },
    // A parameter of an image is read as an id, or as JSON.
    aws_ssm_parameter: {
      value: image,
      insecure_value: image,
      arn: arn("ssm", "parameter/existing"),
    },
    aws_subnet: {
      id: "subnet-0123456789abcdef0",
      cidr_block: "10.0.1.0/24",
      availability_zone: `${region}a`,
    },
    aws_subnets: { ids: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] },
    aws_vpc: { id: "vpc-0123456789abcdef0", cidr_block: "10.0.0.0/16" },
  };
};

/**
 * What must be known before anything is created, by type: folders have a record for each domain of a certificate. All
 * that a plan computes is here, since an apply must give the same.
 * @param region of the provider
 */
export const plannedValues = (
  region: string,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> => {
  const arn = arnOf("acm", region, "certificate/00000000-0000-0000-0000-000000000000");
  const domain = "example.com";
  return {
    aws_acm_certificate: {
      id: arn,
      arn,
      region,
      domain_name: domain,
      domain_validation_options: [
        {
          domain_name: domain,
          resource_record_name: `_validation.${domain}`,
          resource_record_type: "CNAME",
          resource_record_value: "validation.acm-validations.aws",
        },
      ],
      key_algorithm: "RSA_2048",
      not_after: "",
      not_before: "",
      renewal_eligibility: "INELIGIBLE",
      status: "ISSUED",
      type: "AMAZON_ISSUED",
      validation_method: "DNS",
    },
  };
};
