import { describe, expect, it } from "vitest";
import { pulledImage } from "../../../stacks/config/image-mirror.ts";
import { refusedLines } from "../support/refusal.ts";
import { all, container, devWith, one, withoutNat } from "../support/template.ts";

const imageMirror = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-public";

describe("the image that hosts pull", () => {
  it.each([
    ["public.ecr.aws/docker/library/redis:8.0.4", "docker/library/redis:8.0.4"],
    ["redis:8.0.4", "library/redis:8.0.4"],
    ["valkey/valkey:8.1", "valkey/valkey:8.1"],
    ["localhost:5000/redis:8", "redis:8"],
  ])("%s keeps its path in the mirror", (image, path) => {
    expect(pulledImage({ image, imageMirror })).toBe(`${imageMirror}/${path}`);
  });

  it("is the image itself without a mirror", () => {
    expect(pulledImage({ image: "redis:8" })).toBe("redis:8");
  });
});

describe("a mirror of Redis", () => {
  it("is used by the task, with permission to create the repository", () => {
    const template = devWith({ redis: { imageMirror } });
    expect(container(template, "redis").image).toBe(`${imageMirror}/docker/library/redis:8.0.4`);
    const { policy } = one(template, "aws_iam_role_policy", "redis_roles_execution_pull");
    expect(JSON.parse(String(policy))).toMatchObject({
      Statement: [
        {
          Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
          Resource: "arn:aws:ecr:eu-west-1:123456789012:repository/ecr-public/*",
        },
      ],
    });
  });

  it("adds the permission only if configured", () => {
    const ids = all(devWith(), "aws_iam_role_policy").map(([id]) => id);
    expect(ids).not.toContain("redis_roles_execution_pull");
  });

  it("is accepted without NAT in the same region", () => {
    devWith({ ...withoutNat, redis: { imageMirror } });
    const elsewhere = imageMirror.replace("eu-west-1", "eu-north-1");
    expect(refusedLines({ ...withoutNat, redis: { imageMirror: elsewhere } })[0]).toContain(
      "dev.redis.image:",
    );
  });
});
