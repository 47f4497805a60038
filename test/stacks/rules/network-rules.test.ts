import { describe } from "vitest";
import { networkRules } from "../../../stacks/rules/network-rules.ts";
import { type Draft, testBreaks, testKept } from "../support/broken.ts";
import { external, withoutNat } from "../support/template.ts";

const vpc = "aws_vpc.network_vpc";
const subnet = "aws_subnet.network_private_a";

function endpointsOf({ json }: Draft): Record<string, Record<string, unknown>> {
  const { aws_vpc_endpoint: endpoints } = json["resource"] as Record<string, object>;
  return endpoints as Record<string, Record<string, unknown>>;
}

/** Changes the endpoint of a service. */
function changeEndpoint(draft: Draft, service: string, changes: object): void {
  const all = Object.values(endpointsOf(draft));
  const found = all.find((each) => String(each["service_name"]).endsWith(`-1.${service}`));
  if (found === undefined) throw new Error(`no endpoint for ${service}`);
  Object.assign(found, changes);
}

const other = { service_name: "com.amazonaws.eu-west-1.sqs" };

describe("the rules of the network", () => {
  testBreaks(networkRules, [
    [
      "vpc-dns",
      `${vpc}.enable_dns_hostnames`,
      ({ resource }) => (resource(vpc)["enable_dns_hostnames"] = false),
    ],
    [
      "aws-services-reachable",
      `${vpc}.`,
      (draft) => changeEndpoint(draft, "data-servicediscovery", other),
      withoutNat,
      "no endpoint for data-servicediscovery",
    ],
    [
      "aws-services-reachable",
      `${vpc}.`,
      (draft) => changeEndpoint(draft, "logs", { vpc_id: "vpc-0other" }),
      withoutNat,
      "no endpoint for logs",
    ],
    [
      "aws-services-reachable",
      `${vpc}.`,
      (draft) => Object.values(endpointsOf(draft)).forEach((each) => Object.assign(each, other)),
      withoutNat,
      "no endpoint for ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs, s3, secretsmanager, data-servicediscovery",
    ],
    [
      "aws-services-reachable",
      `${vpc}.`,
      (draft) => {
        for (const endpoint of Object.values(endpointsOf(draft))) {
          Object.assign(endpoint, { private_dns_enabled: false });
        }
      },
      withoutNat,
    ],
    ...["example.com/app:1", "123456789012.dkr.ecr.eu-west-2.amazonaws.com/app:1"].map(
      (image) =>
        [
          "images-reachable",
          "aws_ecs_task_definition.app_task_definition.container_definitions.0.image",
          ({ container }: Draft) => container("app", (app) => Object.assign(app, { image })),
          withoutNat,
          image,
        ] as const,
    ),
    [
      "zones-named",
      `${subnet}.availability_zone`,
      ({ json, resource }) => {
        json["data"] = { aws_availability_zones: { all: {} } };
        const zone = "${data.aws_availability_zones.all.names[0]}";
        resource(subnet)["availability_zone"] = zone;
      },
    ],
    // Another region, a local zone, and a typo.
    ...["eu-west-2a", "eu-west-1-lon-1a", "eu-west-1ab"].map(
      (zone) =>
        [
          "zones-named",
          `${subnet}.availability_zone`,
          ({ resource }: Draft) => (resource(subnet)["availability_zone"] = zone),
          {},
          zone,
        ] as const,
    ),
  ]);

  testKept([
    [
      "an image in a parameter, which is unknown until deploy",
      () => {},
      { ...withoutNat, app: { ...withoutNat.app, image: { ssmParameter: "/app/image" } } },
    ],
    [
      "an image in another registry with NAT gateways",
      ({ container }) =>
        container("app", (app) => Object.assign(app, { image: "example.com/app:2" })),
    ],
    [
      "endpoints in a region with a longer name",
      (draft) => {
        for (const endpoint of Object.values(endpointsOf(draft))) {
          const name = String(endpoint["service_name"]);
          endpoint["service_name"] = name.replace(".eu-west-1.", ".us-gov-west-1.");
        }
      },
      withoutNat,
    ],
    [
      "no endpoints for secrets and Cloud Map if they are not used",
      (draft) => {
        changeEndpoint(draft, "secretsmanager", other);
        changeEndpoint(draft, "data-servicediscovery", other);
      },
      { ...withoutNat, redis: external.redis },
    ],
  ]);
});
