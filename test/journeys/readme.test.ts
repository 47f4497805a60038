// README's commands as a reader types them, in folders of their own outside the clone.
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeIn } from "../support/markdown.ts";
import { type Engine, Reader } from "./support/reader.ts";
import { CLONE, Section, fromElsewhere } from "./support/section.ts";

const ENGINES: readonly Engine[] = ["with Podman", "without an engine"];
const PLAN = join(CLONE, "test/support/plans/handwritten-split.plan.json");

/** What README leaves to the reader: a server around its client. */
const SERVER = `
import { createServer } from "node:http";

const server = createServer(async (request, response) => {
  if (request.url === "/healthz") return response.end();
  try {
    response.end(String(await redis.incr("visits")));
  } catch (error) {
    response.writeHead(503).end(error.message);
  }
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.once("SIGTERM", () => {
  server.close(() => redis.disconnect());
  server.closeIdleConnections();
});
`;

interface Recording {
  readonly figures: readonly { readonly name: string; readonly value: string }[];
}

/** Installs the package as README says, with README's client as an app. */
async function follow(reader: Reader): Promise<void> {
  const section = new Section("README.md", "In your app", reader.app);
  const [client = ""] = codeIn(section.text, "ts");
  reader.write("package.json", '{ "private": true, "type": "module" }');
  reader.write("server.js", `${client}${SERVER}`);
  await reader.run(section.next("npm pack"), CLONE);
  await reader.run(section.next("npm install"));
  section.end();
}

/** The plan, with the task role that README demands of the app. */
function withTaskRole(text: string): string {
  const plan = JSON.parse(text) as {
    resource_changes: { address: string; change: { after: Record<string, unknown> } }[];
  };
  const app = plan.resource_changes.find(
    ({ address }) => address === 'module.service["app"].aws_ecs_task_definition.this',
  );
  if (app === undefined) throw new Error("the plan has no task definition of the app");
  app.change.after["task_role_arn"] = "arn:aws:iam::111111111111:role/app";
  return JSON.stringify(plan);
}

describe("In your app", () => {
  it("the first client finds a moved Redis before its users notice", async () => {
    using reader = new Reader();
    await follow(reader);
    reader.write("plan.json", withTaskRole(readFileSync(PLAN, "utf8")));
    const play = `npm start --silent --prefix ${CLONE} -- --plan plan.json --yes --path /visits --fault drain --json`;
    const app = "REDIS_URL=redis+srv://dev-redis.dev-ecs node server.js";
    for (let times = 0; times < 3; times++) {
      const output = await reader.run(`${play} --app "${app}" 2>/dev/null`);
      const [recording] = JSON.parse(output) as readonly Recording[];
      expect(recording?.figures.map(({ name, value }) => `${name}: ${value}`)).toContainEqual(
        expect.stringMatching(/^requests served \/ failed: \d+ \/ 0$/),
      );
    }
  });

  it("without the SDK, the app says so once and goes on with DNS", async () => {
    using reader = new Reader();
    await follow(reader);
    rmSync(join(reader.app, "node_modules/@aws-sdk/client-servicediscovery"), { recursive: true });
    const command = `npm run local --prefix ${CLONE} -- dev --app "node server.js"`;
    const warning = /SRV_CLOUD_MAP.*npm install @aws-sdk\/client-servicediscovery/;
    expect(await reader.runUntil(command, warning)).not.toContain("ERR_");
  });
});

describe.each(ENGINES)("On your machine, %s", (engine) => {
  it("every command does what README says", async () => {
    using reader = new Reader(engine);
    await follow(reader);
    copyFileSync(PLAN, join(reader.app, "plan.json"));
    const section = new Section("README.md", "On your machine", reader.app);
    const answers = { during: (output: string) => expectAnswer(output, "/healthz") };
    const url = /http:\/\/127[^]*has reached a steady state[^]*has reached a steady state/;

    await reader.runUntil(section.next("npm run local -- dev --app"), url, {
      folder: CLONE,
      ...answers,
    });
    await reader.runUntil(section.next("npm run local --prefix"), url, answers);
    section.skip("npm run local -- dev --build", "the images of test/examples are built by tests");
    section.skip(
      "npm run local -- --terraform",
      "test/harness/ecs/terraform/evaluation has folders, and Terraform is not on every machine",
    );
    // Exit 1: the app needs a program, which the next command gives.
    const check = fromElsewhere(section.next("npm run local -- --plan"));
    const checked = await reader.run(check, undefined, true);
    expect(checked).toMatch(/^It comes up[^]*--image game-api=COMMAND/m);
    await reader.runUntil(
      `${fromElsewhere(section.next("npm run local -- --plan"))} --yes`,
      /api, port 8080/,
    );

    expect(await reader.run(section.next("npm start -- --list"), CLONE)).toContain("lose-host");
    await reader.run(section.next("npm start -- --env prod"), CLONE);
    await reader.run(fromElsewhere(section.next("npm start -- --scenario before after")));
    expect(readFileSync(join(reader.app, "before-after.html"), "utf8")).toContain("<html");
    await reader.runUntil(section.next("npm run playground"), /http:\/\/127.0.0.1:\d+/, {
      folder: CLONE,
      during: (output) => expectAnswer(output, "/"),
    });
    section.end();
    expect(existsSync(join(CLONE, "before-after.html"))).toBe(false);
  });
});

/** The first URL that was printed answers. */
async function expectAnswer(output: string, path: string): Promise<void> {
  const [url = ""] = /http:\/\/127\.\d+\.\d+\.\d+:\d+/.exec(output) ?? [];
  expect((await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) })).status).toBe(200);
}
