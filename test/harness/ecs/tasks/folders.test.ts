import { describe, expect, it } from "vitest";
import { Folders } from "../../../../harness/ecs/tasks/folders.ts";

describe("Folders", () => {
  it("shares the directory of a file system, keeps an ephemeral one for the task, and allows neither outside the run", () => {
    const folders = new Folders("/run/r");
    const shared = { path: "/data", directory: "aws_efs_file_system.a/redis", ephemeral: false };
    expect(folders.mount("t1", shared)).toBe("/run/r/efs/aws_efs_file_system.a/redis");
    expect(folders.mount("t2", shared)).toBe(folders.mount("t1", shared));
    expect(folders.mount("t1", { ...shared, ephemeral: true })).toContain("/run/r/tasks/t1/");
    expect(folders.mount("t1", { ...shared, directory: "../../etc" })).toBe("/run/r/efs/etc");
  });
});
