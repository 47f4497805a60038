import { Agent, type AgentOptions } from "node:http";
import { Agent as TlsAgent, type RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { checkOptions, invalidArg, isRecord, withoutUndefined } from "../base/checks.ts";
import { SrvSocket } from "../stream/srv-socket.ts";
import { HTTP_OPTIONS, Services, type SrvHttpOptions } from "./services.ts";

/** Options of `srvAgent`. */
export interface SrvAgentOptions extends SrvHttpOptions {
  /**
   * Options of Node's agent, such as `maxSockets`. Its `keepAlive` reuses connections for later requests. `family`,
   * `lookup` and `localAddress` are only for direct connections.
   * @default as in Node's global agents: `{ keepAlive: true, scheduling: "lifo", timeout: 5000 }`
   */
  agent?: AgentOptions;
}

/**
 * Creates an agent for `node:http`, or with `tls` for `node:https`. `destroy()`, or `using`, ends it.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option and what is allowed. A failed dial fails the request
 * @example
 * import http from "node:http";
 * import { srvAgent } from "srv-dialer/http";
 *
 * const agent = srvAgent({ names: ["*.dev-ecs"] });
 * http.get("http://search.dev-ecs/", { agent }, (response) => {
 *   console.log(response.statusCode);
 *   agent.destroy();
 * });
 */
export function srvAgent(options: SrvAgentOptions & { tls: true | object }): TlsAgent & Disposable;
export function srvAgent(options?: SrvAgentOptions): Agent & Disposable;
export function srvAgent(given: SrvAgentOptions = {}): Agent & Disposable {
  checkOptions(given, [...HTTP_OPTIONS, "agent"]);
  const { agent: ofAgent = {}, ...options } = given;
  if (!isRecord(ofAgent)) throw invalidArg("agent", ofAgent, "the options of http.Agent");
  const services = new Services(options);
  const { family, tls } = services;
  const all: AgentOptions = {
    family,
    keepAlive: true,
    scheduling: "lifo",
    timeout: 5_000,
    ...withoutUndefined(ofAgent),
  };
  if (tls === undefined) return dialing(new Agent(all), services);
  return dialing(new TlsAgent({ ...all, ...withoutUndefined(tls) }), services);
}

/** Makes an agent dial SRV names. */
function dialing(agent: Agent, services: Services): Agent & Disposable {
  const [connectDirectly, end] = [agent.createConnection.bind(agent), agent.destroy.bind(agent)];
  const [isTls, defaultPort] = agent instanceof TlsAgent ? [true, 443] : [false, 80];
  const createConnection = (request: RequestOptions, created?: () => void) => {
    const { host: given, port, socketPath, servername, timeout, ...others } = request;
    const host = given ?? "";
    if (socketPath || !services.has(host, Number(port ?? defaultPort) === defaultPort)) {
      return connectDirectly(request, created);
    }
    // The agent has added its own TLS options to those of the request.
    const tls = isTls ? services.tlsOf(host, servername, others as ConnectionOptions) : undefined;
    // At once, not when it is connected: else maxSockets of Node.js 20 would not count it, and its request not end it.
    const socket = SrvSocket.over((signal) => services.dial(host, { signal, tls }));
    if (timeout !== undefined) socket.setTimeout(timeout);
    return socket.connect();
  };
  const destroy = (): void => {
    services.close();
    end();
  };
  return Object.assign(agent, { createConnection, destroy, [Symbol.dispose]: destroy });
}
