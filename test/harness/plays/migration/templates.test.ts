import { describe, expect, it } from "vitest";
import {
  account,
  liveIn,
  oldStackWithoutService,
  oldStack,
  protectedLive,
} from "../../../../harness/plays/migration/account.ts";
import { combined } from "../../../../harness/plays/migration/templates.ts";
import type { Template } from "../../../../harness/plays/setups/template.ts";

const types = ({ resource }: Template): string[] => Object.keys(resource);
const names = (template: Template, type: string): string[] =>
  Object.keys(template.resource[type] ?? {});

describe("two stacks in one account", () => {
  it("have separate names, with references of their own", () => {
    const first = { resource: { a_b: { x: { own: true } } } };
    const second = {
      resource: { a_b: { x: {}, xy: {} }, c_d: { y: { of: "${a_b.x.id} a_b.xy" } } },
    };
    expect(combined(first, second, {}, "live_")).toEqual({
      resource: {
        a_b: { x: { own: true }, live_x: {}, live_xy: {} },
        c_d: { live_y: { of: "${a_b.live_x.id} a_b.live_xy" } },
      },
      ephemeral: {},
      data: {},
    });
  });

  it("have separate passwords", () => {
    const { ephemeral } = account(oldStack(), liveIn("/redis"));
    expect(Object.keys(ephemeral?.["random_password"] ?? {})).toEqual([
      "redis",
      "live_redis",
      "live_redis_b",
    ]);
  });

  it("resolve existing resources to those of the old stack", () => {
    const text = JSON.stringify(account(oldStack(), liveIn("/redis")));
    expect(text).not.toMatch(/"(vpc|subnet|fs|ns)-0/);
    const { aws_efs_access_point } = account(oldStack(), liveIn("/redis")).resource;
    expect(Object.values(aws_efs_access_point ?? {}).map((each) => each["file_system_id"])).toEqual(
      ["${aws_efs_file_system.data.id}", "${aws_efs_file_system.data.id}"],
    );
  });

  it("lose only the old service and its own resources", () => {
    const [before, after] = [account(oldStack()), account(oldStackWithoutService(), protectedLive)];
    expect(types(after)).toEqual(expect.arrayContaining(types(before)));
    expect(names(after, "aws_efs_file_system")).toEqual(["data"]);
    expect(names(after, "aws_ecs_service")).toEqual(["live_app_service", "live_redis_service"]);
  });
});
