import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { costsOf } from "../../../tools/docs/costs.ts";
import { costsPage, monthly } from "../../../tools/docs/costs-page.ts";
import { Template } from "../../../stacks/rules/template.ts";
import { devWith, existingParts, templateOf, withoutNat } from "../../stacks/support/template.ts";

function counts(changes: Parameters<typeof devWith>[0] = {}): Record<string, number> {
  const costs = costsOf(new Template(devWith(changes).json));
  return Object.fromEntries(costs.map(({ what, count }) => [what, count]));
}

describe("the total of an environment", () => {
  it("is the sum of all that is billed by the hour or month, from the fewest hosts to the most", () => {
    const hosts = [{ what: "host t3.small", count: 2, most: 4, pricing: "" }];
    expect(monthly(hosts)).toBe("about 30 to 60");
    const both = [...hosts, { what: "NAT gateway", count: 1, pricing: "" }];
    expect(monthly(both)).toBe("about 60 to 90");
    expect(monthly([{ what: "NAT gateway", count: 3, pricing: "" }])).toBe("about 100");
  });

  it("is left out if a price is unknown", () => {
    expect(monthly([{ what: "host x9.huge", count: 2, pricing: "" }])).toBe("");
    const template = new Template(devWith({ cluster: { instanceType: "m7g.large" } }).json);
    expect(costsPage(new Map([["dev", template]]))).toMatch(
      /\| \*\*total, USD a month\*\* *\| *\|/,
    );
  });

  it("is on the page for each environment", () => {
    const page = costsPage(
      new Map(
        Object.keys(environments).map((name) => [
          name,
          new Template(templateOf(environments, name).json),
        ]),
      ),
    );
    expect(page).toMatch(/total, USD a month\*\*( *\| \*\*about \d+ to \d+\*\*){3}/);
  });
});

describe("the costs of an environment", () => {
  it("count the resources in its template", () => {
    expect(counts()).toMatchObject({
      "host t3.small": 2,
      "GB of the hosts' disks": 60,
      "NAT gateway": 1,
      // One for the NAT gateway, and one for each zone of the load balancer.
      "public IPv4 address": 3,
      "load balancer": 1,
      secret: 2,
    });
  });

  it("count the interface endpoints in each zone without NAT", () => {
    const count = counts(withoutNat)["interface endpoint in a zone"] ?? 0;
    expect(count).toBeGreaterThan(0);
    const network = { ...withoutNat.network, zones: ["a" as const, "b" as const, "c" as const] };
    const inThree = counts({ ...withoutNat, network });
    expect(inThree["interface endpoint in a zone"]).toBe((count * 3) / 2);
  });

  it("do not count existing resources", () => {
    const found = counts(existingParts);
    expect(Object.keys(found)).not.toContain("NAT gateway");
    expect(Object.keys(found).join()).not.toContain("host t3");
  });

  it("count Redis' own metrics", () => {
    expect(counts()["custom metric"]).toBeUndefined();
    expect(counts({ redis: { metrics: true } })["custom metric"]).toBe(7);
  });

  it("count each metric of an alarm with metric math, as AWS bills it", () => {
    const alarms = templateOf(environments, "prod").json.resource["aws_cloudwatch_metric_alarm"];
    const formulas = Object.values(alarms ?? {}).filter((alarm) => "metric_query" in alarm);
    // Failed requests: of the app, of the load balancer, and all. Redis' host: tasks and reports.
    expect(formulas.length).toBe(2);
    const single = Object.keys(alarms ?? {}).length - formulas.length;
    const costs = costsOf(new Template(templateOf(environments, "prod").json));
    expect(costs).toContainEqual(
      expect.objectContaining({ what: "metric that an alarm watches", count: single + 3 + 2 }),
    );
  });
});
