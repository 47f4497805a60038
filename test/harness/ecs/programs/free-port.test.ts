import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { canListen, freePort } from "../../../../harness/ecs/programs/free-port.ts";

/** The start of Linux's default `ip_local_port_range`. */
const DYNAMIC = 32_768;

it("nothing listens on a free port, and the kernel does not assign it to clients", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  for (const port of ports) {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(await canListen(port, "127.0.0.1")).toBe(false);
    server.close();
    await once(server, "close");
  }
  expect(ports.filter((port) => port >= DYNAMIC)).toEqual([]);
});
