import { describe } from "vitest";
import { networkRules } from "../../../stacks/rules/network-rules.ts";
import { testBreaks } from "../support/broken.ts";
import { withoutNat } from "../support/template.ts";

const vpc = "aws_vpc.network_vpc";

describe("the rules of the network", () => {
  testBreaks(networkRules, [
    [
      "vpc-answers-dns",
      `${vpc}.enable_dns_hostnames`,
      ({ resource }) => (resource(vpc)["enable_dns_hostnames"] = false),
    ],
    [
      "way-to-aws",
      `${vpc}.`,
      ({ json }) => {
        const { aws_vpc_endpoint: endpoints = {} } = json["resource"] as Record<string, object>;
        const asked = Object.values(endpoints).find((endpoint) =>
          (endpoint as { service_name: string }).service_name.endsWith(".data-servicediscovery"),
        );
        Object.assign(asked ?? {}, { service_name: "com.amazonaws.eu-west-1.sqs" });
      },
      withoutNat,
    ],
    [
      "way-to-aws",
      `${vpc}.`,
      ({ json }) => {
        const { aws_vpc_endpoint: endpoints = {} } = json["resource"] as Record<string, object>;
        for (const endpoint of Object.values(endpoints)) {
          Object.assign(endpoint, { private_dns_enabled: false });
        }
      },
      withoutNat,
    ],
    [
      "zones-named",
      "aws_subnet.network_private_a.availability_zone",
      ({ json, resource }) => {
        json["data"] = { aws_availability_zones: { all: {} } };
        const zone = "${data.aws_availability_zones.all.names[0]}";
        resource("aws_subnet.network_private_a")["availability_zone"] = zone;
      },
    ],
  ]);
});
