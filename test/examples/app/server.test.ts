import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, it } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Runs the example app, without a Redis. */
async function withApp(env: NodeJS.ProcessEnv, use: (url: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const app = spawn(process.execPath, [join(ROOT, "examples/app/server.js")], {
    env: { HOST: "127.0.0.1", PORT: String(port), REDIS_URL: "redis://127.0.0.1:1", ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    for await (const line of createInterface(app.stdout)) if (/listening/.test(line)) break;
    await use(`http://127.0.0.1:${port}`);
  } finally {
    app.kill("SIGKILL");
  }
}

it("the example app answers an invalid request with 400", async () => {
  await withApp({}, async (url) => {
    const answer = await fetch(`${url}/guests/%zz`, { method: "POST" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("retry-after")).toBeNull();
  });
});

it.each([
  { HEALTH_PATH: undefined, found: ["/healthz"] },
  { HEALTH_PATH: "/api/alive", found: ["/healthz", "/api/alive"] },
  { HEALTH_PATH: "*", found: ["/healthz", "/api/alive", "/"] },
])("the example app is healthy at $found with HEALTH_PATH $HEALTH_PATH", async (given) => {
  await withApp({ HEALTH_PATH: given.HEALTH_PATH }, async (url) => {
    const paths = ["/healthz", "/api/alive", "/"];
    const answers = await Promise.all(paths.map((path) => fetch(`${url}${path}`)));
    expect(paths.filter((_, index) => answers[index]?.status === 200)).toEqual(given.found);
    expect((await fetch(`${url}/api/alive`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });
});
