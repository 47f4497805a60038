import { expect, it } from "vitest";
import { hostnameZones } from "../../../../harness/ecs/discovery/hostnames.ts";
import { RCODE } from "../../../../harness/ecs/discovery/dns-records.ts";
import { VpcResolver } from "../../../../harness/ecs/discovery/vpc-resolver.ts";

it("a given host name has its address, and no other record", () => {
  const zones = hostnameZones({ "master.redis.example": "127.9.8.7" }, "127.0.0.1");
  const { respond } = new VpcResolver(() => zones, 15);
  expect(respond("master.redis.example", "A").answers).toMatchObject([{ address: "127.9.8.7" }]);
  expect(respond("master.redis.example", "SRV")).toMatchObject({
    rcode: RCODE.NOERROR,
    answers: [],
  });
  expect(respond("other.redis.example", "A").rcode).toBe(RCODE.REFUSED);
});

it("this machine has a name, and its 127.0.0.1 the address at which containers reach it", () => {
  const zones = hostnameZones({ "db.example": "127.0.0.1" }, "169.254.77.1");
  const { respond } = new VpcResolver(() => zones, 15);
  for (const name of ["host.docker.internal", "db.example"]) {
    expect(respond(name, "A").answers).toMatchObject([{ address: "169.254.77.1" }]);
  }
});
