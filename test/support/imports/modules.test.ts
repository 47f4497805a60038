import { expect, it } from "vitest";
import { moduleOf } from "./modules.ts";

it("reads every way to import, types included, each file and package once", () => {
  const source = `
    import type { A } from "./a.ts";
    import { type B, b } from "../b.ts";
    import "node:net";
    import cdktf from "cdktf";
    export type { C } from "./c/index.ts";
    export * from "./d.ts";
    export * from "./d.ts";
    type E = import("./e.ts").E;
    const later = await import("../../f.ts");
    const text = 'import x from "./no.ts"'; // import y from "./neither.ts"
  `;
  expect(moduleOf("stacks/redis/make-redis.ts", source)).toEqual({
    path: "stacks/redis/make-redis.ts",
    files: [
      "stacks/redis/a.ts",
      "stacks/b.ts",
      "stacks/redis/c/index.ts",
      "stacks/redis/d.ts",
      "stacks/redis/e.ts",
      "f.ts",
    ],
    packages: ["node:net", "cdktf"],
  });
});

it("refuses what it cannot parse", () => {
  expect(() => moduleOf("main.ts", "import {")).toThrow(/^main\.ts: /);
});
