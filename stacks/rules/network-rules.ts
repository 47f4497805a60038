import { fieldOf, finding, type Rule } from "./rule.ts";
import { allContainersOf } from "./tasks.ts";
import { isAbout, type Resource, statements, type Template, text } from "./template.ts";

const vpcAnswersDns: Rule = {
  id: "vpc-answers-dns",
  title: "A private namespace answers only in a VPC with DNS support and DNS hostnames",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
  remedy: "enable_dns_support and enable_dns_hostnames, both true",
  *check(template) {
    for (const vpc of template.all("aws_vpc")) {
      for (const field of ["enable_dns_support", "enable_dns_hostnames"]) {
        if (vpc.body[field] !== true) yield finding(vpc, field);
      }
    }
  },
};

/** What every host and its agent call. */
const needed = ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3"];

const wayToAws: Rule = {
  id: "way-to-aws",
  title:
    "Without a NAT gateway, hosts reach AWS services through VPC endpoints, under the usual names",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html",
  remedy:
    "an aws_vpc_endpoint for each, interfaces with private_dns_enabled; data-servicediscovery where the app may ask Cloud Map",
  *check(template) {
    for (const vpc of closedNetworks(template)) {
      const reached = template
        .all("aws_vpc_endpoint")
        .filter(({ body }) => template.find(body["vpc_id"]) === vpc)
        .filter(({ body }) => isNamedAsUsual(body))
        .map(({ body }) =>
          String(body["service_name"]).replace(/^.*?\.[a-z]{2}(-[a-z]+)+-\d\./, ""),
        );
      const missing = wanted(template).filter((service) => !reached.includes(service));
      if (missing.length > 0) yield finding(vpc, "", `no endpoint for ${missing.join(", ")}`);
    }
  },
};

/** The created networks whose hosts have no way out but endpoints. */
function closedNetworks(template: Template): readonly Resource[] {
  const hasWayOut = template.all("aws_nat_gateway").length > 0;
  const hasHosts = template.all("aws_autoscaling_group").length > 0;
  return hasHosts && !hasWayOut ? template.all("aws_vpc") : [];
}

function isNamedAsUsual(body: Readonly<Record<string, unknown>>): boolean {
  return body["vpc_endpoint_type"] === "Gateway" || body["private_dns_enabled"] === true;
}

function wanted(template: Template): readonly string[] {
  const asksCloudMap = template
    .all("aws_iam_role_policy")
    .flatMap(({ body }) => statements(body["policy"]))
    .some((each) => isAbout(each, "servicediscovery:DiscoverInstances"));
  return [
    ...needed,
    ...(template.all("aws_secretsmanager_secret").length > 0 ? ["secretsmanager"] : []),
    ...(asksCloudMap ? ["data-servicediscovery"] : []),
  ];
}

const imagesInReach: Rule = {
  id: "images-in-reach",
  title: "Without a NAT gateway, hosts pull images only from ECR of their own region",
  source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
  remedy: "<account>.dkr.ecr.<region>.amazonaws.com/<repository>, or an image in a parameter",
  *check(template, { region }) {
    if (closedNetworks(template).length === 0) return;
    for (const { definition, field, body } of allContainersOf(template)) {
      const image = text(body["image"]);
      const isKnown = !image.startsWith("${");
      if (isKnown && !image.includes(`.dkr.ecr.${region}.amazonaws.com/`)) {
        yield finding(definition, `${field}.image`, image);
      }
    }
  },
};

const zonesNamed: Rule = {
  id: "zones-named",
  title:
    "Subnets name their zone: a list that is read from AWS may change, and would replace subnets and mount targets",
  source: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html",
  remedy: "availability_zone as <region><letter>, in the region of the environment; no data source",
  check: fieldOf("aws_subnet", "availability_zone", (zone, { region }) => {
    const letter = text(zone).slice(region.length);
    return text(zone).startsWith(region) && /^[a-z]$/.test(letter);
  }),
};

/** The created network: it answers DNS queries, hosts reach AWS and their images, and its zones stay. */
export const networkRules: readonly Rule[] = [vpcAnswersDns, wayToAws, imagesInReach, zonesNamed];
