import { describe, expect, it } from "vitest";
import { withTask } from "../fixture/task.ts";

const STORE = `
  require("node:http").createServer((request, response) => response.end("stored"))
    .listen(Number(process.env.PORT), process.env.HOST);
`;

/** Builds the URL from parts, so that the alias and the container's port are not translated. */
const APP = `
  const ask = () => fetch(["http:/", "", "cache"].join("/") + ":" + 6379).then((response) => response.text());
  setInterval(() => ask().then(console.log, (error) => console.log(error.cause?.code)), 100);
`;

/** MiB, for Node.js. */
const memory = 128;

const store = {
  name: "store",
  memory,
  command: [process.execPath, "-e", STORE],
  portMappings: [{ containerPort: 6379 }],
  environment: [{ name: "PORT", value: "6379" }],
};

const app = {
  name: "app",
  memory,
  command: [process.execPath, "-e", APP],
  links: ["store:cache"],
};

describe("a link's name", () => {
  it("resolves if /etc/hosts can be mounted, and reaches the linked container's own port", async () => {
    await withTask([app, store], async ({ ecs }, task) => {
      const log = () => ecs.log(task().id, "app");
      const expected = ecs.platform.pidNamespaces ? /stored/ : /ENOTFOUND|EAI_AGAIN/;
      await expect.poll(log).toMatch(expected);
      // A cut of the network to the task does not affect its containers.
      await ecs.faults.partition("test-app", true);
      const before = (await log()).length;
      await expect.poll(async () => (await log()).slice(before)).toMatch(expected);
    });
  });

  it("does not resolve if no file can be mounted, but its variables and addresses work", async () => {
    const platform = { pidNamespaces: false };
    const environment = [{ name: "STORE", value: "http://cache:6379" }];
    const translated =
      "setInterval(() => fetch(process.env.STORE).then((response) => response.text()).then(console.log, () => {}), 100)";
    const other = { ...app, environment, command: [process.execPath, "-e", translated] };
    await withTask(
      [{ ...other, dependsOn: [{ containerName: "store", condition: "START" }] }, store],
      async ({ ecs }, task) => {
        await expect.poll(() => ecs.log(task().id, "app")).toContain("stored");
      },
      { platform },
    );
  });
});
