// The section of docs/operations.md for an app that does not connect. A container runs its command, as ECS Exec does.
import { expect, it } from "vitest";
import { Reader } from "./support/reader.ts";
import { CLONE, Section } from "./support/section.ts";

it("the doctor finds nothing wrong in a container of the app", async () => {
  using reader = new Reader();
  reader.write("package.json", '{ "private": true, "type": "module" }');
  const install = new Section("README.md", "In your app", reader.app);
  await reader.run(install.next("npm pack"), CLONE);
  await reader.run(install.next("npm install"));

  const section = new Section("docs/operations.md", "When an app does not connect", reader.app);
  section.skip("task=$(aws", "it needs AWS");
  const [, doctor = ""] = /--command "(.*)"/.exec(section.next("aws ecs execute-command")) ?? [];
  section.end();
  const local = `npm run local --prefix ${CLONE} -- dev --app`;
  await reader.runUntil(`${local} "${doctor}"`, /dev-app \w+ \| .*dev-redis\.dev-ecs/);
  expect(section.text).toContain("npx srv-dialer ping redis+srv://dev-redis.dev-ecs");
  const ping = "npx srv-dialer ping redis+srv://dev-redis.dev-ecs";
  await reader.runUntil(`${local} "${ping}"`, /dev-app \w+ \| PONG/);
});
