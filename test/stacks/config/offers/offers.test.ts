import { describe, expect, it } from "vitest";
import { machineImage } from "../../../../stacks/cluster/host-user-data.ts";
import {
  partitionOf,
  regionNames,
  registriesIn,
  sizeOf,
  zonesIn,
  zonesWith,
} from "../../../../stacks/config/offers/offers.ts";

describe("the tables of EC2", () => {
  it("have the size of an instance type", () => {
    expect(sizeOf("t3.small")).toEqual({
      memory: 2048,
      vcpus: 2,
      interfaces: 3,
      branchInterfaces: 0,
    });
    expect(sizeOf("m7i.large")).toMatchObject({ memory: 8192, branchInterfaces: 9 });
  });

  it.each(["t9.small", "t3", "", "constructor", "mac2.metal"])("do not have %j", (type) => {
    expect(sizeOf(type)).toBeUndefined();
  });

  it("have the letters of a region's zones", () => {
    expect(zonesIn("eu-central-1")).toEqual(["a", "b", "c"]);
    expect(zonesIn("ap-northeast-1")).toEqual(["a", "c", "d"]);
  });

  it("have the zones that offer a type, by family or by type", () => {
    expect(zonesWith("t3.small", "eu-central-1")?.toSorted()).toEqual(["a", "b", "c"]);
    expect(zonesWith("t3.small", "us-east-1")?.toSorted()).toEqual(["a", "b", "c", "d", "f"]);
    expect(zonesWith("t3.small", "me-central-1")).toEqual([]);
  });

  it("return undefined for a region without tables", () => {
    for (const region of ["cn-north-1", "us-gov-west-1", "constructor"]) {
      expect(zonesIn(region)).toBeUndefined();
      expect(zonesWith("t3.small", region)).toBeUndefined();
    }
  });

  it("have the regions and their partitions", () => {
    expect(regionNames.length).toBeGreaterThan(30);
    expect(partitionOf("eu-central-1")).toBe("aws");
    expect(partitionOf("cn-north-1")).toBe("aws-cn");
    expect(partitionOf("us-gov-east-1")).toBe("aws-us-gov");
    expect(partitionOf("eu-centrl-1")).toBeUndefined();
  });

  it("have the domain of a region's registries", () => {
    expect(registriesIn("eu-central-1")).toBe("dkr.ecr.eu-central-1.amazonaws.com");
    expect(registriesIn("us-gov-west-1")).toBe("dkr.ecr.us-gov-west-1.amazonaws.com");
    expect(registriesIn("cn-northwest-1")).toBe("dkr.ecr.cn-northwest-1.amazonaws.com.cn");
  });

  it("have two or more zones for each listed region", () => {
    const listed = regionNames.filter((region) => zonesIn(region) !== undefined);
    expect(listed.length).toBeGreaterThan(25);
    for (const region of listed) expect(zonesIn(region)?.length).toBeGreaterThan(1);
  });
});

describe("machineImage", () => {
  it.each(["t4g.small", "c8g.large", "x2gd.medium"])("is for arm64 on %s", (type) => {
    expect(sizeOf(type)).toBeDefined();
    expect(machineImage(type)).toContain("/arm64/");
  });
});
