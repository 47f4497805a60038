import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  devWith,
  minimalEnvironment,
  type Template,
  withoutNat,
} from "../support/template.ts";

const { network } = minimalEnvironment;

function endpoints(template: Template, type: string) {
  return all(template, "aws_vpc_endpoint")
    .map(([, endpoint]) => endpoint)
    .filter((endpoint) => endpoint["vpc_endpoint_type"] === type);
}

function services(template: Template, type: string): string[] {
  return endpoints(template, type)
    .map((endpoint) => String(endpoint["service_name"]).replace("com.amazonaws.eu-west-1.", ""))
    .toSorted();
}

describe("a network without NAT", () => {
  const template = devWith(withoutNat);

  it("has no internet access from its private subnets", () => {
    expect(all(template, "aws_nat_gateway")).toEqual([]);
    expect(all(template, "aws_eip")).toEqual([]);
    expect(all(template, "aws_route").map(([id]) => id)).toEqual(["network_public_internet"]);
  });

  it("has endpoints for hosts, tasks and shells", () => {
    expect(services(template, "Interface")).toEqual([
      "data-servicediscovery",
      "ecr.api",
      "ecr.dkr",
      "ecs",
      "ecs-agent",
      "ecs-telemetry",
      "logs",
      "secretsmanager",
      "ssm",
      "ssmmessages",
    ]);
  });

  it("allows only the hosts, and only HTTPS", () => {
    const group = "${aws_security_group.network_endpoints_security_group.id}";
    const rules = all(template, "aws_vpc_security_group_ingress_rule").filter(
      ([, rule]) => rule["security_group_id"] === group,
    );
    expect(rules.map(([, rule]) => rule)).toEqual([
      expect.objectContaining({
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
        referenced_security_group_id: "${aws_security_group.cluster_security_group.id}",
      }),
    ]);
  });

  it.each([
    ["redis", "public.ecr.aws/docker/library/redis:8.0.4"],
    ["redis", "123456789012.dkr.ecr.us-east-1.amazonaws.com/redis:8.0.4"],
    ["app", "example.com/app:1"],
  ] as const)("refuses for %s the unreachable image %s", (service, image) => {
    const changes = { ...withoutNat, [service]: { ...withoutNat[service], image } };
    expect(refusedLines(changes)).toEqual([
      expect.stringContaining(
        `dev.${service}.image: got "${image}"; allowed: with network.nat none, an image in ECR `,
      ),
    ]);
  });

  it("refuses unreachable images of services", () => {
    const image = "example.com/search:1";
    const among = {
      search: { image, port: 9200 },
      index: { image: withoutNat.app.image, port: 9300 },
      crawl: { image: { ssmParameter: "/dev/crawl" }, port: 9400 },
    };
    expect(
      refusedLines({ ...withoutNat, services: among, cluster: { failoverRoom: false } }),
    ).toEqual([expect.stringContaining("dev.services.search.image:")]);
  });

  it("is refused in China", () => {
    const changes = { ...withoutNat, region: "cn-north-1" };
    expect(refusedLines(changes)).toContainEqual(expect.stringMatching(/^dev\.network\.nat: /));
  });

  it("suggests a registry in China with China's domain, and accepts it", () => {
    const changes = { ...withoutNat, region: "cn-north-1" };
    const image = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app:1";
    expect(refusedLines(changes)).toContainEqual(
      expect.stringContaining("<account>.dkr.ecr.cn-north-1.amazonaws.com.cn/<repository>"),
    );
    const lines = refusedLines({ ...changes, app: { ...withoutNat.app, image } });
    expect(lines.filter((line) => line.startsWith("dev.app.image"))).toEqual([]);
  });
});

describe("a network with NAT", () => {
  it("has the configured endpoints, for DynamoDB as a gateway", () => {
    const template = devWith({ network: { ...network, endpoints: ["sqs", "dynamodb"] } });
    expect(services(template, "Interface")).toEqual(["sqs"]);
    expect(services(template, "Gateway")).toEqual(["dynamodb", "s3"]);
  });

  it.each([
    [["SQS"], "dev.network.endpoints.0:"],
    [["s3"], "dev.network.endpoints.0:"],
    [["sqs", "sqs"], "without duplicates"],
    ["sqs", "dev.network.endpoints:"],
  ])("refuses %j as endpoints", (wrong, line) => {
    const refused = refusedLines({ network: { ...network, endpoints: wrong } });
    expect(refused).toEqual([expect.stringContaining(line)]);
  });

  it("refuses endpoints in China", () => {
    const changes = { region: "cn-north-1", network: { ...network, endpoints: ["sqs"] } };
    expect(refusedLines(changes)).toEqual([expect.stringContaining("dev.network.endpoints:")]);
  });
});
