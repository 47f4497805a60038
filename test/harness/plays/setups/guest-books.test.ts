import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { guestBook } from "../../../../harness/plays/setups/environment-setup.ts";
import { oldGuestBook } from "../../../../harness/plays/setups/old-setup.ts";
import { freePort } from "../../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../../harness/ecs/programs/start-redis.ts";

it.each([
  ["of an environment", guestBook],
  ["of the old setup", oldGuestBook],
])("the guest book %s passes a health check of any path", async (_, book) => {
  await using redis = await startRedis();
  const port = await freePort();
  const { command = [], environment, workingDirectory: cwd } = book();
  const [program = "", ...args] = command;
  const urls = { REDIS_URL: `redis://127.0.0.1:${redis.port}`, PORT: String(port) };
  const env = { ...environment, ...urls, HOST: "127.0.0.1" };
  const app = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  try {
    for await (const line of createInterface(app.stdout)) if (/listening/.test(line)) break;
    const paths = ["/healthz", "/", "/api/alive?deep=no"];
    const answers = paths.map((path) => fetch(`http://127.0.0.1:${port}${path}`));
    const codes = (await Promise.all(answers)).map(({ status }) => status);
    expect(codes).toEqual([200, 200, 200]);
    const guests = await fetch(`http://127.0.0.1:${port}/guests`);
    expect(await guests.json()).toEqual({ guests: 0 });
  } finally {
    app.kill("SIGKILL");
  }
});
