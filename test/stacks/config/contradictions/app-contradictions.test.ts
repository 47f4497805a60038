import { describe, expect, it } from "vitest";
import { refusedLines } from "../../support/refusal.ts";
import {
  all,
  devWith,
  existingParts,
  minimalEnvironment,
  one,
  protectedParts,
} from "../../support/template.ts";

const { app } = minimalEnvironment;
const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b";

const withBalancer = (changes: object) => ({
  app: { ...app, loadBalancer: { ...app.loadBalancer, ...changes } },
});

describe("a protected, internet-facing environment without a certificate", () => {
  it("is refused with the alternatives", () => {
    expect(refusedLines({ ...protectedParts, app })).toEqual([
      expect.stringMatching(/^dev\.app\.loadBalancer\.certificateArn: /),
    ]);
  });

  it.each([{ certificateArn }, { internal: true }, { plainHttp: true }])(
    "is accepted with %j",
    (changes) => {
      expect(() => devWith({ ...protectedParts, ...withBalancer(changes) })).not.toThrow();
    },
  );
});

it.each([
  certificateArn.replace("eu-west-1", "us-east-1"),
  certificateArn.replace("123456789012", "999999999999"),
])("refuses the certificate %s of another region or account", (foreign) => {
  expect(refusedLines(withBalancer({ certificateArn: foreign }))).toEqual([
    expect.stringMatching(/^dev\.app\.loadBalancer\.certificateArn: /),
  ]);
});

const blocks = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`);

it("refuses more client blocks than fit in a security group", () => {
  const rules = (changes: object) =>
    all(devWith(withBalancer(changes)), "aws_vpc_security_group_ingress_rule").filter(([id]) =>
      /^load_balancer_https?_from_/.test(id),
    ).length;
  expect(rules({ allowedCidrs: blocks(50) })).toBe(50);
  expect(rules({ certificateArn, allowedCidrs: blocks(30) })).toBe(60);
  expect(refusedLines(withBalancer({ certificateArn, allowedCidrs: blocks(31) }))).toEqual([
    expect.stringMatching(/^dev\.app\.loadBalancer\.allowedCidrs: /),
  ]);
});

it("is internet-facing in an existing network with public subnets, unless internal is set", () => {
  const network = { ...existingParts.network, publicSubnetIds: ["subnet-0c", "subnet-0d"] };
  const inside = withBalancer({ internal: true });
  expect(one(devWith({ network }), "aws_lb")).toMatchObject({
    internal: false,
    subnets: network.publicSubnetIds,
  });
  expect(one(devWith({ network, ...inside }), "aws_lb")).toMatchObject({
    internal: true,
    subnets: network.privateSubnetIds,
  });
  expect(refusedLines({ ...protectedParts, network, app })).toEqual([
    expect.stringMatching(/^dev\.app\.loadBalancer\.certificateArn: /),
  ]);
});

it("refuses an internet-facing load balancer in a network without public subnets", () => {
  const { network } = existingParts;
  expect(refusedLines({ network, ...withBalancer({ internal: false }) })).toEqual([
    expect.stringMatching(/^dev\.app\.loadBalancer\.internal: /),
  ]);
});

it("refuses ECS Exec with a read-only root file system", () => {
  const sealed = { ...app, readonlyRootFilesystem: true };
  expect(refusedLines({ exec: true, app: sealed })).toEqual([
    expect.stringContaining("dev.app.readonlyRootFilesystem:"),
  ]);
  expect(() => devWith({ app: sealed })).not.toThrow();
});
