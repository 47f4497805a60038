import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
  type ConnectTarget,
  EndpointProxy,
} from "../../../../harness/ecs/discovery/endpoint-proxy.ts";

/** A server that sends its name. */
async function server(name: string) {
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).write(name);
  }).listen(0, "127.0.0.1");
  await once(listening, "listening");
  const close = async (): Promise<void> => {
    const closed = once(listening, "close");
    listening.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port: (listening.address() as AddressInfo).port, accepted: () => sockets.size, close };
}

type Server = Awaited<ReturnType<typeof server>>;

const target = (taskId: string, { port }: Pick<Server, "port">, healthy = true): ConnectTarget => ({
  taskId,
  address: "127.0.0.1",
  port,
  healthy,
});

/** A port on which nothing listens. */
async function closedPort(): Promise<{ port: number }> {
  const { port, close } = await server("");
  await close();
  return { port };
}

/** Runs a proxy in front of servers. `ask` returns what the server of a new connection sends; "" if it is closed. */
async function withProxy(
  use: (parts: {
    readonly targets: Map<string, ConnectTarget>;
    readonly open: () => Socket;
    readonly ask: () => Promise<string>;
    readonly start: (name: string) => Promise<Server>;
  }) => Promise<void>,
  idleTimeout = 0,
): Promise<void> {
  const targets = new Map<string, ConnectTarget>();
  const servers: Server[] = [];
  const proxy = new EndpointProxy({ targets, idleTimeout });
  const { port } = await closedPort();
  await proxy.listen({ address: "127.0.0.1", port });
  const open = (): Socket => connect(port, "127.0.0.1").on("error", () => {});
  const ask = async (): Promise<string> => {
    const socket = open();
    const said = await Promise.race([
      once(socket, "data").then(([data]) => String(data)),
      once(socket, "close").then(() => ""),
    ]);
    socket.destroy();
    return said;
  };
  const start = async (name: string): Promise<Server> => {
    const started = await server(name);
    servers.push(started);
    targets.set(name, target(name, started));
    return started;
  };
  try {
    await use({ targets, open, ask, start });
  } finally {
    await proxy.close();
    await Promise.all(servers.map(({ close }) => close()));
  }
}

describe("the proxy of an endpoint", () => {
  it("connects clients to the tasks in turn", async () => {
    await withProxy(async ({ ask, start }) => {
      await start("one");
      await start("two");
      expect([await ask(), await ask(), await ask()]).toEqual(["one", "two", "one"]);
    });
  });

  it("accepts a client and closes it if there is no task", async () => {
    await withProxy(async ({ ask }) => {
      expect(await ask()).toBe("");
    });
  });

  it("tries another task if one refuses", async () => {
    await withProxy(async ({ ask, start, targets }) => {
      targets.set("gone", target("gone", await closedPort()));
      await start("one");
      expect([await ask(), await ask()]).toEqual(["one", "one"]);
    });
  });

  it("prefers healthy tasks, and uses all if none is healthy", async () => {
    await withProxy(async ({ ask, start, targets }) => {
      const [one, two] = [await start("one"), await start("two")];
      targets.set("one", target("one", one, false));
      expect([await ask(), await ask()]).toEqual(["two", "two"]);
      targets.set("two", target("two", two, false));
      expect([await ask(), await ask()].toSorted()).toEqual(["one", "two"]);
    });
  });

  it("avoids a task after five failed connections", async () => {
    await withProxy(async ({ ask, start, targets }) => {
      const { port } = await closedPort();
      targets.set("flaky", target("flaky", { port }));
      await start("one");
      for (let tries = 0; tries < 10; tries += 1) expect(await ask()).toBe("one");
      // It would answer now, but it is avoided for half a minute.
      const back = createServer((socket) => socket.end("flaky")).listen(port, "127.0.0.1");
      await once(back, "listening");
      expect([await ask(), await ask()]).toEqual(["one", "one"]);
      // Unless there is no other one.
      targets.delete("one");
      expect(await ask()).toBe("flaky");
      back.close();
    });
  });

  it("closes an idle connection on both sides", async () => {
    await withProxy(async ({ open, start }) => {
      const one = await start("one");
      const socket = open();
      await once(socket, "data");
      const since = performance.now();
      socket.resume();
      await once(socket, "close");
      expect(performance.now() - since).toBeGreaterThan(150);
      expect(one.accepted()).toBe(1);
    }, 0.2);
  });

  it("keeps a connection in use", async () => {
    await withProxy(async ({ open, start }) => {
      await start("one");
      const socket = open();
      socket.resume();
      const writing = setInterval(() => socket.write("x"), 100);
      const closed = once(socket, "close").then(() => "closed");
      const later = new Promise((resolve) => setTimeout(resolve, 2_000, "open"));
      expect(await Promise.race([closed, later])).toBe("open");
      clearInterval(writing);
      socket.destroy();
    }, 1);
  });
});
