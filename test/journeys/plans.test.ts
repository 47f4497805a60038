// docs/plans.md as a reader follows it: with a plan, in a folder of their own outside the clone.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Engine, Reader } from "./support/reader.ts";
import { CLONE, Section, fromElsewhere } from "./support/section.ts";

const PLANS = join(CLONE, "test/support/plans");
const ENGINES: readonly Engine[] = ["with Podman", "without an engine"];

/** An app that needs nothing. */
const SERVER = `
const server = require("node:http").createServer((request, response) => response.end("hello"));
server.listen(Number(process.env.PORT), process.env.HOST);
process.once("SIGTERM", () => process.exit());
`;

function readerWith(engine: Engine, plan: string): Reader {
  const reader = new Reader(engine);
  copyFileSync(join(PLANS, plan), join(reader.app, "plan.json"));
  reader.write("server.js", SERVER);
  return reader;
}

describe.each(ENGINES)("a plan, %s", (engine) => {
  it("comes up as the check says, without and with a program", async () => {
    using reader = readerWith(engine, "handwritten-split.plan.json");
    const section = new Section("docs/plans.md", "Run a plan", reader.app);
    const check = fromElsewhere(section.next("npm run local"));
    expect(await reader.run(check, undefined, true)).toContain("--image game-api=COMMAND");
    const checked = `${check} --image game-api="node server.js"`;
    expect(await reader.run(checked)).toMatch(/^It comes up/m);
    expect(await reader.run(`${checked} --json`)).toContain("dev-redis");
    const run = fromElsewhere(section.next("npm run local"));
    await reader.run(`${run} </dev/null`, undefined, true); // It asks, and nobody answers.
    await reader.runUntil(`${run} --yes`, /dev-app +api, port 8080/);
    section.end();
  });

  it("is played in scenarios and in the playground", async () => {
    using reader = readerWith(engine, "handwritten-split.plan.json");
    const heading = "Scenarios and the playground on a plan";
    const section = new Section("docs/plans.md", heading, reader.app);
    const play = (): string => `${fromElsewhere(section.next("npm start"))} --yes`;
    expect(await reader.run(play())).toMatch(/✓ all \d+ expectations held/);
    expect(await reader.run(play())).toMatch(/✓ all \d+ expectations held/);
    expect(await reader.run(play())).toMatch(/requests served \/ failed/);
    const playground = `${fromElsewhere(section.next("npm run playground"))} --yes`;
    await reader.runUntil(playground, /http:\/\/127\.0\.0\.1:\d+/);
    section.end();
  });
});
