import { constants, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeFolder, removeFolder } from "../../../../harness/ecs/base/temporary-folder.mjs";
import { withFile } from "../../../../harness/ecs/base/with-file.ts";

it("a file is used, but no link", () => {
  const folder = makeFolder("with-file-");
  onTestFinished(() => removeFolder(folder));
  const [file = "", link = "", dangling = ""] = ["file", "link", "dangling"].map((name) =>
    path.join(folder.path, name),
  );
  writeFileSync(file, "mine");
  symlinkSync(file, link);
  symlinkSync(path.join(folder.path, "new"), dangling);
  expect(withFile(file, constants.O_RDONLY, (held) => readFileSync(held, "utf8"))).toBe("mine");
  for (const each of [link, dangling]) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    expect(() => withFile(each, flags, () => {})).toThrow("ELOOP");
  }
  const linked = path.join(folder.path, "linked");
  symlinkSync(folder.path, linked);
  expect(() => withFile(path.join(linked, "file"), constants.O_RDONLY, () => {})).toThrow(
    "ENOTDIR",
  );
  expect([readFileSync(file, "utf8"), existsSync(path.join(folder.path, "new"))]).toEqual([
    "mine",
    false,
  ]);
});
