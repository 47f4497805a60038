import { App } from "cdktf";
import { DataResource } from "cdktf/lib/terraform-data-resource.js";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import { ReadableStack } from "../../../stacks/aws/readable-stack.ts";

class Stack extends ReadableStack {}

describe("a stack", () => {
  it("makes addresses from the path of construct ids", () => {
    const stack = new Stack(new App(), "dev");
    const data = new DataResource(new Construct(stack, "redis"), "copy-job");
    expect(data.friendlyUniqueId).toBe("redis_copy_job");
  });

  it("refuses two constructs with the same address", () => {
    const stack = new Stack(new App(), "dev");
    void new DataResource(stack, "redis-copy").friendlyUniqueId;
    const other = new DataResource(new Construct(stack, "redis"), "copy");
    expect(() => other.friendlyUniqueId).toThrow(
      "dev/redis/copy and dev/redis-copy are both redis_copy",
    );
  });
});
