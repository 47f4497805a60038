import { registriesIn } from "../config/offers/offers.ts";
import { fieldOf, finding, type Rule } from "./rule.ts";
import { allContainersOf } from "./tasks.ts";
import { isAbout, type Resource, statements, type Template, text } from "./template.ts";

const vpcDns: Rule = {
  id: "vpc-dns",
  title: "The VPC has DNS support and DNS hostnames, which a private namespace requires",
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

/** Services that every host and its agent call. */
const needed = ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3"];

const awsServicesReachable: Rule = {
  id: "aws-services-reachable",
  title:
    "Without a NAT gateway, hosts reach AWS services through VPC endpoints with the usual DNS names",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html",
  remedy:
    "an aws_vpc_endpoint for each service, interface endpoints with private_dns_enabled; data-servicediscovery if the app may query Cloud Map",
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

/** Created networks without NAT, whose hosts have only endpoints. */
function closedNetworks(template: Template): readonly Resource[] {
  const hasNat = template.all("aws_nat_gateway").length > 0;
  const hasHosts = template.all("aws_autoscaling_group").length > 0;
  return hasHosts && !hasNat ? template.all("aws_vpc") : [];
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

const imagesReachable: Rule = {
  id: "images-reachable",
  title: "Without a NAT gateway, all images are in ECR in the same region",
  source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
  remedy: "<account>.dkr.ecr.<region>.amazonaws.com/<repository>, or an image in a parameter",
  *check(template, { region }) {
    if (closedNetworks(template).length === 0) return;
    for (const { definition, field, body } of allContainersOf(template)) {
      const image = text(body["image"]);
      const isKnown = !image.startsWith("${");
      if (isKnown && !image.includes(`.${registriesIn(region)}/`)) {
        yield finding(definition, `${field}.image`, image);
      }
    }
  },
};

const zonesNamed: Rule = {
  id: "zones-named",
  title:
    "Subnets have fixed zones: a list that is read from AWS may change, and then subnets and mount targets would be replaced",
  source: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html",
  remedy: "availability_zone <region><letter> in the environment's region; no data source",
  check: fieldOf("aws_subnet", "availability_zone", (zone, { region }) => {
    const letter = text(zone).slice(region.length);
    return text(zone).startsWith(region) && /^[a-z]$/.test(letter);
  }),
};

/** The created network: DNS, access to AWS and to images, and zones. */
export const networkRules: readonly Rule[] = [
  vpcDns,
  awsServicesReachable,
  imagesReachable,
  zonesNamed,
];
