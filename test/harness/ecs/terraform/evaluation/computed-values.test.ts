import { describe, expect, it } from "vitest";
import {
  computedText,
  foundValues,
  plannedValues,
} from "../../../../../harness/ecs/terraform/evaluation/computed-values.ts";

describe("what data sources find", () => {
  it.each([
    ["eu-west-1", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    ["ap-northeast-1", ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]],
    ["ca-central-1", ["ca-central-1a", "ca-central-1b", "ca-central-1d"]],
    ["us-west-1", ["us-west-1a", "us-west-1c"]],
  ])("has the zones of %s that a new account has", (region, names) => {
    const { aws_availability_zones: zones } = foundValues(region);
    expect(zones).toEqual({ names, zone_ids: names.map((_, index) => `az${index + 1}`) });
  });

  it("has ARNs of the provider's region, and of none where a service is global", () => {
    const found = foundValues("eu-west-1");
    const arns = Object.values(found).flatMap(({ arn }) => arn ?? []);
    expect(arns.length).toBeGreaterThan(8);
    for (const arn of arns) {
      expect(arn).toMatch(/^arn:aws:(?:iam::(?:\d{12}|aws)|[a-z-]+:eu-west-1:\d{12}):\S+$/);
    }
  });
});

describe("what only AWS knows", () => {
  it("has a repository's URL with its name, as an image has it", () => {
    const repository = {
      address: "aws_ecr_repository.app",
      type: "aws_ecr_repository",
      values: { name: "shop/app" },
    };
    expect(computedText(repository, "repository_url", "eu-west-1")).toBe(
      "111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop/app",
    );
  });

  it("has one domain to prove for a certificate, of the provider's region", () => {
    const { aws_acm_certificate: certificate } = plannedValues("eu-west-1");
    expect(certificate).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:acm:eu-west-1:\d{12}:certificate\/[\d-]{36}$/),
      domain_validation_options: [{ domain_name: "example.com", resource_record_type: "CNAME" }],
    });
    expect(certificate?.["id"]).toBe(certificate?.["arn"]);
  });
});
