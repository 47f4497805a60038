import { EventEmitter, once } from "node:events";
import {
  createServer,
  request,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import type {
  ListenerAction,
  RulePlan,
  TargetGroupPlan,
} from "../../../../harness/ecs/terraform/plan/plan.ts";
import { LoadBalancer } from "../../../../harness/ecs/balancing/load-balancer.ts";
import { TargetGroup } from "../../../../harness/ecs/balancing/target-group.ts";

const groupPlan: TargetGroupPlan = {
  address: "aws_lb_target_group.app",
  name: "app",
  deregistrationDelay: 5,
  healthCheck: {
    enabled: true,
    path: "/healthz",
    interval: 0.02,
    timeout: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: "200",
  },
};

interface World {
  readonly url: string;
  readonly group: TargetGroup;
  readonly states: string[];
  /** Starts a target and registers it. By default it waits until the target is healthy. */
  readonly add: (name: string, handle: RequestListener, until?: string) => Promise<void>;
}

async function withBalancer(
  use: (world: World) => Promise<void>,
  action: ListenerAction = { type: "forward", targetGroup: groupPlan.address },
  idleTimeout = 5,
  rules: readonly RulePlan[] = [],
  hasClientPort = false,
  keepAlive = false,
): Promise<void> {
  const events = new EcsEvents();
  const states: string[] = [];
  events.on("target", ({ taskId, state }) => states.push(`${taskId} ${state}`));
  const group = new TargetGroup(groupPlan, events, keepAlive);
  const listeners = [{ port: 80, protocol: "HTTP" as const, rules, action }];
  const plan = { address: "lb", name: "lb", idleTimeout, hasClientPort, listeners };
  const balancer = await LoadBalancer.start(plan, new Map([[groupPlan.address, group]]));
  const servers: Server[] = [];
  const add: World["add"] = async (name, handle, until = "healthy") => {
    const server = createServer(handle).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    group.register(name, "service", "127.0.0.1", port);
    await expect.poll(() => states).toContain(`${name} ${until}`);
  };
  try {
    await use({ url: balancer.state().url, group, states, add });
  } finally {
    group.close();
    await balancer.close();
    for (const server of servers) server.close().closeAllConnections();
  }
}

const saying =
  (body: string): RequestListener =>
  (_incoming, outgoing) =>
    outgoing.end(body);

const sick: RequestListener = (incoming, outgoing) => {
  outgoing.writeHead(incoming.url === "/healthz" ? 500 : 200).end("sick");
};

const toHttps = {
  type: "redirect",
  status: 301,
  location: {
    protocol: "HTTPS",
    host: "#{host}",
    port: "443",
    path: "/#{path}",
    query: "#{query}",
  },
} as const satisfies ListenerAction;

/** Sends a raw path and host, even malformed ones. Returns the status and location of the response. */
function asked(url: string, path: string, host: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path, headers: { host }, agent: false });
    sent.on("response", ({ statusCode, headers: { location } }) => {
      sent.destroy();
      resolve(`${statusCode} ${location}`);
    });
    sent.on("error", reject).end();
  });
}

const get = async (url: string): Promise<string> => {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
};

describe("LoadBalancer", () => {
  it("uses healthy targets in turn", async () => {
    await withBalancer(async ({ url, add }) => {
      await add("a", saying("a"));
      await add("b", saying("b"));
      const answers = await Promise.all([1, 2, 3, 4].map(() => get(url)));
      expect(answers.toSorted()).toEqual(["200 a", "200 a", "200 b", "200 b"]);
    });
  });

  it("forwards method, path, body and headers, and adds X-Forwarded headers", async () => {
    await withBalancer(async ({ url, add }) => {
      await add("a", (incoming, outgoing) => {
        if (incoming.url === "/healthz") return outgoing.end();
        const { method, url: path, headers } = incoming;
        outgoing.setHeader("x-answer", "yes");
        const forwarded = headers["x-forwarded-for"];
        const answer = async (): Promise<string> =>
          JSON.stringify({ method, path, body: await text(incoming), forwarded });
        void answer().then((body) => outgoing.end(body));
        return outgoing;
      });
      const response = await fetch(`${url}/p?q=1`, { method: "POST", body: "hello" });
      expect(response.headers.get("x-answer")).toBe("yes");
      expect(await response.json()).toEqual({
        method: "POST",
        path: "/p?q=1",
        body: "hello",
        forwarded: "127.0.0.1",
      });
    });
  });

  it("adds X-Amzn-Trace-Id, or a field to the client's own", async () => {
    await withBalancer(async ({ url, add }) => {
      await add("a", ({ headers }, outgoing) => outgoing.end(headers["x-amzn-trace-id"]));
      expect(await get(url)).toMatch(/^200 Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
      const own = "Root=1-67891233-abcdef012345678912345678;CalledFrom=app";
      const response = await fetch(url, { headers: { "x-amzn-trace-id": `Self=1-2-3;${own}` } });
      expect(await response.text()).toMatch(new RegExp(`^Self=1-[0-9a-f]{8}-[0-9a-f]{24};${own}$`));
    });
  });

  it.each([
    ["a new connection for each request", false, 2, "200 second"],
    // The client does not see why: the target has closed a kept connection just as the request came.
    ["with keepAlive the same one, and responds with 502 if the target closes it", true, 1, "502 "],
  ])("uses %s", async (_title, keepAlive, connections, second) => {
    const ports = new Set<number | undefined>();
    const closing: RequestListener = (incoming, outgoing) => {
      if (incoming.url === "/healthz") return outgoing.end();
      const { remotePort } = incoming.socket;
      if (ports.has(remotePort)) return incoming.socket.destroy();
      return outgoing.end(ports.add(remotePort).size === 1 ? "first" : "second");
    };
    await withBalancer(
      async ({ url, add }) => {
        await add("a", closing);
        expect(await get(url)).toBe("200 first");
        expect(await get(url)).toContain(second);
        expect(ports.size).toBe(connections);
      },
      undefined,
      undefined,
      undefined,
      undefined,
      keepAlive,
    );
  });

  it("adds the client's port to X-Forwarded-For if it is asked to", async () => {
    await withBalancer(
      async ({ url, add }) => {
        await add("a", ({ headers }, outgoing) => outgoing.end(headers["x-forwarded-for"]));
        expect(await get(url)).toMatch(/^200 127\.0\.0\.1:\d+$/);
      },
      undefined,
      undefined,
      undefined,
      true,
    );
  });

  it.each([
    ["an invalid status", "HTTP/1.1 099 No\r\n\r\n"],
    [
      "an upgrade that was not requested",
      "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ],
  ])("responds with 502 to %s", async (_what, answer) => {
    await withBalancer(async ({ url, add }) => {
      await add("a", (incoming, outgoing) => {
        if (incoming.url === "/healthz") return outgoing.end();
        return outgoing.socket?.end(answer);
      });
      expect(await get(url)).toMatch(/^502 /);
    });
  });

  it("responds with 503 without a target, and 502 if the target does not listen", async () => {
    await withBalancer(async ({ url, group }) => {
      expect(await get(url)).toMatch(/^503 /);
      group.register("gone", "service", "127.0.0.1", 1);
      expect(await get(url)).toMatch(/^502 /);
    });
  });

  it("responds with 504 if the target does not respond within the idle timeout", async () => {
    await withBalancer(
      async ({ url, add }) => {
        await add("a", (incoming, outgoing) => {
          if (incoming.url === "/healthz") outgoing.end();
        });
        expect(await get(url)).toMatch(/^504 /);
      },
      undefined,
      0.05,
    );
  });

  it("uses an unhealthy target only if none is healthy", async () => {
    await withBalancer(async ({ url, add }) => {
      await add("sick", sick, "unhealthy");
      expect(await get(url)).toBe("200 sick");
      await add("well", saying("well"));
      expect(await Promise.all([get(url), get(url)])).toEqual(["200 well", "200 well"]);
    });
  });

  it("waits for requests in flight before a target is deregistered", async () => {
    await withBalancer(async ({ url, group, states, add }) => {
      const requests = new EventEmitter<{ arrived: [ServerResponse] }>();
      await add("a", (incoming, outgoing) => {
        if (incoming.url === "/healthz") outgoing.end();
        else requests.emit("arrived", outgoing);
      });
      const arrived = once(requests, "arrived", { signal: AbortSignal.timeout(5000) });
      const answer = get(`${url}/slow`);
      const [pending] = (await arrived) as [ServerResponse];
      const deregistered = group.deregister("a");
      expect(await get(url)).toMatch(/^503 /);
      expect(states.at(-1)).toBe("a draining");
      pending.end("finished");
      await deregistered;
      expect(await answer).toBe("200 finished");
      expect(states.at(-1)).toBe("a unused");
    });
  });

  it("cancels a request when its client disconnects", async () => {
    await withBalancer(async ({ url, add }) => {
      const requests = new EventEmitter<{ arrived: [ServerResponse] }>();
      await add("a", (incoming, outgoing) => {
        if (incoming.url === "/healthz") outgoing.end();
        else requests.emit("arrived", outgoing);
      });
      const arrived = once(requests, "arrived", { signal: AbortSignal.timeout(5000) });
      const client = request(`${url}/slow`);
      client.on("error", () => {});
      client.end();
      const [pending] = (await arrived) as [ServerResponse];
      const closed = once(pending, "close", { signal: AbortSignal.timeout(5000) });
      client.destroy();
      await closed;
      expect(pending.writableFinished).toBe(false);
    });
  });

  it.each([
    ["a path of slashes", "//", "x", "301 https://x:443//"],
    ["a path like a host", "//evil.example/a", "x", "301 https://x:443//evil.example/a"],
    ["a whole URL", "http://y:81/a?b", "x", "301 https://y:443/a?b"],
    ["a host that is none", "/", "a b", "400 undefined"],
    ["a port that is none", "/", "x:port", "400 undefined"],
    ["an invalid URL", "http://[/", "x", "400 undefined"],
  ])("redirects or refuses %s, and continues", (_what, path, host, answer) =>
    withBalancer(async ({ url }) => {
      expect(await asked(url, path, host)).toBe(answer);
      expect(await asked(url, "/", "x")).toBe("301 https://x:443/");
    }, toHttps),
  );

  it("redirects to a path of any characters", () =>
    withBalancer(
      async ({ url }) => {
        expect(await asked(url, "/", "x")).toBe("301 https://x:443/%C3%BC%E2%86%92%EF%BF%BD%0A");
      },
      { ...toHttps, location: { ...toHttps.location, path: "/ü→\uD800\n" } },
    ));

  it("forwards any request target", () =>
    withBalancer(async ({ url, add }) => {
      await add("t", (incoming, outgoing) => outgoing.end(incoming.url));
      for (const path of ["//", "http://[/", "*"]) {
        expect(await asked(url, path, "a b"), path).toBe("200 undefined");
      }
    }));

  it("responds with a fixed response, but to what a rule forwards", async () => {
    const fixed = { type: "fixed-response", status: 404, contentType: "text/plain", body: "no" };
    const rule: RulePlan = {
      conditions: [{ type: "path", values: ["/api/*"] }],
      action: { type: "forward", targetGroup: groupPlan.address },
    };
    await withBalancer(
      async ({ url, add }) => {
        await add("a", saying("from a"));
        expect(await get(`${url}/api/x`)).toBe("200 from a");
        expect(await get(`${url}/other`)).toBe("404 no");
      },
      fixed as ListenerAction,
      5,
      [rule],
    );
  });
});
