import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalEcs } from "../../../../harness/ecs/index.ts";
import { environmentIn } from "../../../../harness/ecs/tasks/environment-files.ts";
import { images } from "../fixture/local-images.ts";
import { template } from "../fixture/template.ts";
import { shell, withTask } from "../fixture/task.ts";

const ARNS = ["arn:aws:s3:::settings/prod/one.env", "arn:aws:s3:::settings/two.env"];

let folder: string;
let files: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "env-"));
  files = { [ARNS[0] ?? ""]: join(folder, "one"), "two.env": join(folder, "two") };
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (one: string, two: string): void => {
  writeFileSync(join(folder, "one"), one);
  writeFileSync(join(folder, "two"), two);
};

describe("environment files", () => {
  it("have a variable in a line, with quotes and spaces as they are, and comments", async () => {
    write(`# A=comment\nA="quoted # not"\n B = spaces \n\nURL=x?a=b\r\nEMPTY=\n=none\nword`, "");
    expect(await environmentIn(ARNS, files)).toEqual({
      A: '"quoted # not"',
      " B ": " spaces ",
      URL: "x?a=b",
      EMPTY: "",
    });
  });

  it("give way to earlier ones, and to the definition", async () => {
    write("A=one\nB=one", "B=two\nC=two\nD=two");
    const environmentFiles = ARNS.map((value) => ({ type: "s3", value }));
    const environment = [{ name: "D", value: "own" }];
    const main = { name: "main", environmentFiles, environment, ...shell("echo $A $B $C $D") };
    await withTask(
      [main],
      async ({ ecs }, task) => {
        await expect.poll(() => ecs.log(task().id)).toBe("one one two own\n");
      },
      { environmentFiles: files },
    );
  });

  it("without a local one are refused by name, with the option", async () => {
    const environmentFiles = [{ type: "s3", value: "arn:aws:s3:::settings/app.env" }];
    const starting = startLocalEcs({
      template: template({ appContainer: { environmentFiles } }),
      images: images(),
      environmentFiles: { "other.env": "x" },
    });
    await expect(starting).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
      message:
        'aws_ecs_task_definition.app (app).environmentFiles: arn:aws:s3:::settings/app.env is in S3; give a local file in the option environmentFiles, "app.env"',
    });
  });
});
