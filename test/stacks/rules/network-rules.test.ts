import { describe } from "vitest";
import { networkRules } from "../../../stacks/rules/network-rules.ts";
import { type Draft, testBreaks } from "../support/broken.ts";
import { withoutNat } from "../support/template.ts";

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
  ]);
});
