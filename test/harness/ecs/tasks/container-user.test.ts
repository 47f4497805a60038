import { describe, expect, it } from "vitest";
import { HarnessError } from "../../../../harness/ecs/base/errors.ts";
import { userOf } from "../../../../harness/ecs/tasks/container-user.ts";

const users = { node: "1000:1001", redis: "999:998" };
const of = (user: string | undefined, image = {}): unknown =>
  userOf({ name: "main", user }, { users, ...image });

describe("userOf", () => {
  it.each([
    [undefined, 0, 0],
    ["root", 0, 0],
    ["0", 0, 0],
    ["node", 1000, 1001],
    ["node:redis", 1000, 998],
    ["node:7", 1000, 7],
    ["999", 999, 998],
    ["1234", 1234, 0],
    ["1234:5678", 1234, 5678],
  ])("%s is %i:%i", (user, uid, gid) => {
    expect(of(user)).toEqual({ uid, gid });
  });

  it("uses the image's user if the definition has none", () => {
    expect(of(undefined, { user: "node" })).toEqual({ uid: 1000, gid: 1001 });
    expect(of("redis", { user: "node" })).toEqual({ uid: 999, gid: 998 });
  });

  it.each([
    ["www", 'container "main": user www has no number'],
    ["node:www", 'container "main": group www has no number'],
  ])("refuses %s, which the image does not define", (user, message) => {
    expect(() => of(user)).toThrow(HarnessError);
    expect(() => of(user)).toThrow(message);
  });

  it.each([
    ["www", "the image has no user www in /etc/passwd"],
    ["node:www", "the image has no group www in /etc/group"],
  ])("refuses %s, which the files of the image do not have", (user, why) => {
    expect(() => of(user, { root: "/image" })).toThrow(
      `container "main": ${why}; add it there, or use a number such as "1000:1000"`,
    );
  });
});
