import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder, removeFolder } from "../../../../../harness/ecs/base/temporary-folder.mjs";
import {
  missingKeys,
  secretWords,
  withJsonKeys,
} from "../../../../../harness/commands/shared/options/secret-keys.ts";

describe("secrets by JSON key", () => {
  it("become one JSON object for each secret, beside whole ones", () => {
    const given = { "prod/db:user": "u", "prod/db:password": "a=b", token: "t" };
    expect(withJsonKeys(given)).toEqual({
      token: "t",
      "prod/db": JSON.stringify({ user: "u", password: "a=b" }),
    });
  });

  it("are refused beside the whole secret", () => {
    expect(() => withJsonKeys({ db: "{}", "db:user": "u" })).toThrow(
      "option --secret db: give the whole secret, or its keys as db:KEY=TEXT",
    );
  });

  it("may be in a file, which other users do not see in `ps`", () => {
    const folder = makeFolder("secret-keys-");
    onTestFinished(() => removeFolder(folder));
    const file = join(folder.path, "password");
    writeFileSync(file, "hunter2\n");
    expect(withJsonKeys({ token: `@${file}`, "db:password": `@${file}` })).toEqual({
      token: "hunter2",
      db: JSON.stringify({ password: "hunter2" }),
    });
    expect(() => withJsonKeys({ token: `@${file}2` })).toThrow(`--secret: cannot read ${file}2`);
  });

  it("are missing if the value lacks them", () => {
    expect(missingKeys(undefined, ["user", "password"])).toEqual(["user", "password"]);
    expect(missingKeys('{"user":"u"}', ["user", "password"])).toEqual(["password"]);
    expect(missingKeys(undefined)).toEqual([""]);
    expect(missingKeys("text")).toEqual([]);
    expect(secretWords("db", ["user", "password"])).toBe(
      "--secret db:user=TEXT --secret db:password=TEXT",
    );
    expect(secretWords("token", [""])).toBe("--secret token=TEXT");
  });
});
