import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { redisRestartPolicy } from "../../../stacks/redis/redis-restarts.ts";

const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");

it("docs/operations.md lists every exit code after which ECS starts another task", () => {
  const [, section = ""] = /^## When Redis crashes$(.*?)^## /ms.exec(page) ?? [];
  const [, said = ""] = /^- The exit code is (.*?)\n\n/ms.exec(section) ?? [];
  const codes = Array.from(said.matchAll(/\b(\d+)\s+\(/g), ([, code]) => Number(code));
  expect(codes).toEqual(redisRestartPolicy.ignoredExitCodes);
});
