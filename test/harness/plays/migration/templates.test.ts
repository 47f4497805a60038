import { describe, expect, it } from "vitest";
import { account, liveIn, oldStack } from "../../../../harness/plays/migration/account.ts";
import { combined } from "../../../../harness/plays/migration/templates.ts";

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

  it("resolve existing resources to those of the old stack", () => {
    const text = JSON.stringify(account(oldStack(), liveIn("/redis")));
    expect(text).not.toMatch(/"(vpc|subnet|fs|ns)-0/);
    const { aws_efs_access_point } = account(oldStack(), liveIn("/redis")).resource;
    expect(Object.values(aws_efs_access_point ?? {}).map((each) => each["file_system_id"])).toEqual(
      ["${aws_efs_file_system.data.id}", "${aws_efs_file_system.data.id}"],
    );
  });
});
