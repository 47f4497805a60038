import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, it } from "vitest";

import { freePort } from "../../../harness/programs/free-port.ts";

const ROOT = join(import.meta.dirname, "../../..");

it("the example app answers a request that is wrong with 400, as no fault of its own", async () => {
  const port = await freePort();
  const app = spawn(process.execPath, [join(ROOT, "examples/app/server.js")], {
    env: { HOST: "127.0.0.1", PORT: String(port), REDIS_URL: "redis://127.0.0.1:1" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    for await (const line of createInterface(app.stdout)) if (/listening/.test(line)) break;
    const answer = await fetch(`http://127.0.0.1:${port}/guests/%zz`, { method: "POST" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("retry-after")).toBeNull();
  } finally {
    app.kill("SIGKILL");
  }
});
