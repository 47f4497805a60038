import { expect, it } from "vitest";
import { hostnameZones } from "../../../../harness/ecs/discovery/aws-endpoint.ts";
import { RCODE } from "../../../../harness/ecs/discovery/dns-records.ts";
import { VpcResolver } from "../../../../harness/ecs/discovery/vpc-resolver.ts";

it("a given host name has its address, and no other record", () => {
  const zones = hostnameZones({ "master.redis.example": "127.9.8.7" });
  const { respond } = new VpcResolver(() => zones, 15);
  expect(respond("master.redis.example", "A").answers).toMatchObject([{ address: "127.9.8.7" }]);
  expect(respond("master.redis.example", "SRV")).toMatchObject({
    rcode: RCODE.NOERROR,
    answers: [],
  });
  expect(respond("other.redis.example", "A").rcode).toBe(RCODE.REFUSED);
});
