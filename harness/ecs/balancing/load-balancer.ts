import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { pipeline } from "node:stream";
import type { LoadBalancerState } from "../base/state.ts";
import type { ListenerPlan, LoadBalancerPlan, RedirectPlan } from "../terraform/plan/plan.ts";
import { ruleFor } from "./listener-rules.ts";
import type { Target, TargetGroup } from "./target-group.ts";

const ADDRESS = "127.0.0.1";

/** Headers that belong to one connection and are not forwarded: RFC 9110 section 7.6.1. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"];

/** An application load balancer: one HTTP server on loopback for each listener. */
export class LoadBalancer {
  readonly #plan: LoadBalancerPlan;
  readonly #groups: ReadonlyMap<string, TargetGroup>;
  readonly #servers = new Map<ListenerPlan, Server>();

  private constructor(plan: LoadBalancerPlan, groups: ReadonlyMap<string, TargetGroup>) {
    this.#plan = plan;
    this.#groups = groups;
  }

  /** @param groups target groups by resource address */
  static async start(
    plan: LoadBalancerPlan,
    groups: ReadonlyMap<string, TargetGroup>,
  ): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(plan, groups);
    for (const listener of plan.listeners) {
      const server = createServer((incoming, outgoing) => {
        balancer.#handle(listener, incoming, outgoing);
      });
      // By default Node.js closes idle connections after 5 s, sometimes just as a client sends a request.
      server.keepAliveTimeout = plan.idleTimeout * 1000;
      balancer.#servers.set(listener, server);
      server.listen(0, ADDRESS);
      await once(server, "listening");
    }
    return balancer;
  }

  state(): LoadBalancerState {
    const listeners = [...this.#servers].map(([{ port, action, rules }, server]) => ({
      port,
      forwards: [action, ...rules.map((rule) => rule.action)].some(
        ({ type }) => type === "forward",
      ),
      url: `http://${ADDRESS}:${portOf(server)}`,
    }));
    const url = (listeners.find(({ forwards }) => forwards) ?? listeners[0])?.url ?? "";
    const { name, address: resource } = this.#plan;
    return {
      name,
      resource,
      url,
      listeners: listeners.map(({ port, url: at }) => ({ port, url: at })),
    };
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  #handle(listener: ListenerPlan, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { action } = ruleFor(listener, incoming);
    switch (action.type) {
      case "forward":
        this.#forward(listener, this.#groups.get(action.targetGroup), incoming, outgoing);
        break;
      case "redirect": {
        const to = location(action.location, incoming);
        if (to === undefined) reply(outgoing, 400, "400 Bad Request");
        else reply(outgoing, action.status, "", { location: to });
        break;
      }
      case "fixed-response":
        reply(outgoing, action.status, action.body, { "content-type": action.contentType });
        break;
      default:
        action satisfies never;
    }
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
  #forward(
    listener: ListenerPlan,
    group: TargetGroup | undefined,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): void {
    const target = group?.next();
    if (!group || !target) return reply(outgoing, 503, "503 Service Temporarily Unavailable");
    target.inFlight += 1;
    outgoing.once("close", () => group.release(target));
    const sent = this.#request(listener, target, incoming);
    sent.setTimeout(this.#plan.idleTimeout * 1000, () => {
      if (!outgoing.headersSent) reply(outgoing, 504, "504 Gateway Time-out");
      sent.destroy();
    });
    sent.on("response", (response) => {
      const { statusCode = 0 } = response;
      // A load balancer ignores for how long the target keeps the connection. Node.js reads it later.
      delete response.headers["keep-alive"];
      // Not an HTTP/1.1 response.
      if (statusCode < 200) return void sent.destroy(new Error(`status ${statusCode}`));
      outgoing.writeHead(statusCode, endToEnd(response.headers));
      pipeline(response, outgoing, () => {});
    });
    const fail = (): void => {
      if (outgoing.headersSent) outgoing.destroy();
      else reply(outgoing, 502, "502 Bad Gateway");
    };
    sent.on("error", fail);
    // The request did not ask for an upgrade.
    sent.on("upgrade", (_response, socket) => {
      socket.destroy();
      fail();
    });
    // The client has closed its connection, so cancel the request to the target.
    outgoing.once("close", () => sent.destroy());
    incoming.pipe(sent);
  }

  #request(
    listener: ListenerPlan,
    { address, port, connections }: Target,
    incoming: IncomingMessage,
  ): ReturnType<typeof request> {
    const { remoteAddress = ADDRESS, remotePort } = incoming.socket;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    const client = this.#plan.hasClientPort ? `${remoteAddress}:${remotePort}` : remoteAddress;
    const forwarded = [incoming.headers["x-forwarded-for"], client]
      .flat()
      .filter(Boolean)
      .join(", ");
    return request({
      agent: connections,
      host: address,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...endToEnd(incoming.headers),
        "x-forwarded-for": forwarded,
        // The listener's protocol and port in AWS: apps use them for redirects.
        "x-forwarded-proto": listener.protocol.toLowerCase(),
        "x-forwarded-port": String(listener.port),
        "x-amzn-trace-id": traceOf(incoming.headers["x-amzn-trace-id"]),
      },
    });
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/**
 * Adds an id to a request, or a field to its own.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
function traceOf(given: string | readonly string[] | undefined): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const id = `1-${seconds.padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
  const own = String(given ?? "")
    .split(";")
    .filter((field) => field !== "" && !field.startsWith("Self="));
  return own.length === 0 ? `Root=${id}` : [`Self=${id}`, ...own].join(";");
}

function endToEnd(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

function reply(
  outgoing: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { "content-type": "text/plain" },
): void {
  outgoing.writeHead(status, headers).end(body);
}

/** Fills in the placeholders of a redirect; undefined if the request has no valid host or path. */
function location(
  { protocol, host, port, path, query }: RedirectPlan,
  { url = "/", headers }: IncomingMessage,
): string | undefined {
  const base = `http://${headers.host ?? ADDRESS}`;
  // `new URL` would read a path that begins with two slashes as a host (RFC 9112, section 3.2).
  const asked = url.startsWith("/") ? `${base}${url}` : url;
  if (!URL.canParse(base) || !URL.canParse(asked)) return undefined;
  const { hostname, port: ownPort, pathname, search } = new URL(asked);
  const parts: Readonly<Record<string, string>> = {
    protocol: "http",
    host: hostname,
    port: ownPort || "80",
    path: pathname.slice(1),
    query: search.slice(1),
  };
  const fill = (text: string): string =>
    text.replaceAll(/#\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
  const filled = fill(query);
  return encoded(
    `${fill(protocol).toLowerCase()}://${fill(host)}:${fill(port)}${fill(path)}${filled && `?${filled}`}`,
  );
}

/** A URL or a path in the characters that a header may have. */
const encoded = (url: string): string =>
  Buffer.from(url)
    .toString()
    .replaceAll(/[^!-~]/gu, encodeURIComponent);
