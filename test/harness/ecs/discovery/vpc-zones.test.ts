import { expect, it } from "vitest";
import { RCODE } from "../../../../harness/ecs/discovery/dns-records.ts";
import { VpcResolver } from "../../../../harness/ecs/discovery/vpc-resolver.ts";
import { hostDomain, vpcZones } from "../../../../harness/ecs/discovery/vpc-zones.ts";

it("the domain of hosts is the one of their region", () => {
  expect(hostDomain("eu-central-1")).toBe("eu-central-1.compute.internal");
  expect(hostDomain("us-east-1")).toBe("ec2.internal");
});

it("queries for host names and reverse lookups are not forwarded", () => {
  const { respond } = new VpcResolver(() => vpcZones("eu-central-1"), 15);
  const rcodes = ["redis.eu-central-1.compute.internal", "2.2.1.127.in-addr.arpa"].map(
    (name) => respond(name, "A").rcode,
  );
  expect(rcodes).toEqual([RCODE.NXDOMAIN, RCODE.NXDOMAIN]);
  expect(respond("2.2.1.10.in-addr.arpa", "OTHER").rcode).toBe(RCODE.REFUSED);
});
