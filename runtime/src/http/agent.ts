import { Agent, type AgentOptions } from "node:http";
import { Agent as TlsAgent, type RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import {
  checkMilliseconds,
  checkOptions,
  invalidArg,
  isRecord,
  withoutUndefined,
} from "../base/checks.ts";
import type { Connection } from "../dial/connection.ts";
import { SrvSocket } from "../stream/srv-socket.ts";
import { SrvTlsSocket } from "../stream/srv-tls-socket.ts";
import { HTTP_OPTIONS, Services, type SrvHttpOptions } from "./services.ts";

/** Options of `srvAgent`. */
export interface SrvAgentOptions extends SrvHttpOptions {
  /**
   * Options of Node's agent, such as `maxSockets`. Its `keepAlive` reuses connections for later requests.
   * @default as in Node's global agents: `{ keepAlive: true, scheduling: "lifo", timeout: 5000 }`
   */
  agent?: Omit<AgentOptions, "localAddress" | "family" | "lookup">;
}

/** What a dialer sets for all its connections. */
const OF_DIALER = ["localAddress", "family", "lookup"] as const satisfies (keyof AgentOptions)[];

const AGENT_DEFAULTS: AgentOptions = { keepAlive: true, scheduling: "lifo", timeout: 5_000 };

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
  const { agent = {}, ...options }: SrvHttpOptions & { agent?: AgentOptions } = given;
  checkAgentOptions(agent, options);
  const services = new Services(options);
  const { localAddress, family, tls } = options;
  // For direct connections. Node.js does not know the family "both".
  const plain = { localAddress, family: family === 4 || family === 6 ? family : undefined };
  const all = { ...withoutUndefined(plain), ...AGENT_DEFAULTS, ...withoutUndefined(agent) };
  if (tls === undefined || tls === false) return dialing(new Agent(all), services);
  const ofTls = isRecord(tls) ? withoutUndefined(tls) : {};
  return dialing(new TlsAgent({ ...all, ...ofTls }), services);
}

/** Checks what Node.js does not check, or only at the first request. */
function checkAgentOptions(agent: AgentOptions, options: SrvHttpOptions): void {
  if (!isRecord(agent) || agent instanceof Agent) {
    const shown = agent instanceof Agent ? "an agent" : agent;
    throw invalidArg("agent", shown, "the options of http.Agent, an object");
  }
  refuse(agent, options, "agent.");
  const { timeout, maxSockets = Infinity }: AgentOptions = agent;
  checkMilliseconds("agent.timeout", timeout, 0, 0);
  // With another value, such as NaN, requests would wait forever.
  if (!(maxSockets >= 0)) throw invalidArg("agent.maxSockets", maxSockets, "a number from 0");
}

type Request = RequestOptions & ConnectionOptions;

/** Makes an agent dial SRV names, and close a connection once its target has left the records. */
function dialing(agent: Agent | TlsAgent, services: Services): Agent & Disposable {
  const [connect, end] = [agent.createConnection.bind(agent), agent.destroy.bind(agent)];
  const defaultPort = agent instanceof TlsAgent ? 443 : 80;
  const isDialed = ({ host, port, socketPath }: RequestOptions): boolean => {
    const explicit = Number(port ?? defaultPort);
    return !socketPath && services.has(host ?? "", explicit === defaultPort ? undefined : explicit);
  };
  const destroy = (): void => {
    services.close();
    end();
  };
  return Object.assign(agent, {
    createConnection: (request: Request, created?: () => void) =>
      isDialed(request) ? socketFor(request, agent, services) : connect(request, created),
    destroy,
    [Symbol.dispose]: destroy,
  });
}

function socketFor(request: Request, agent: Agent | TlsAgent, services: Services): SrvSocket {
  const Kind = agent instanceof TlsAgent ? SrvTlsSocket : SrvSocket;
  const socket: SrvSocket = new Kind(async (caller) => {
    refuse(request, services.options);
    const { host, servername, ...ofRequest } = { ...request, host: request.host ?? "" };
    const whenLeft = () => () => endWhenFree(socket, agent);
    const dial = (tls?: ConnectionOptions): Promise<Connection> =>
      services.of(host).dial({ ref: false, tls }, whenLeft, caller);
    if (!(agent instanceof TlsAgent)) return dial();
    const tls = services.tlsOf(host, servername, ofRequest);
    // A resumed session is not checked again: none for a request with a check of its own.
    const isOwnCheck = request.checkServerIdentity !== agent.options.checkServerIdentity;
    return isOwnCheck ? dial(tls) : services.sessions.use(agent.getName(request), tls, dial);
  });
  if (request.timeout !== undefined) socket.setTimeout(request.timeout);
  return socket.connect();
}

/** Ends the socket now, or when its request has ended. */
function endWhenFree(socket: SrvSocket, agent: Agent): void {
  const free: unknown[] = Object.values(agent.freeSockets).flat();
  if (free.includes(socket)) socket.destroy();
  // Before the agent's own listener, which keeps the socket or gives it to a waiting request.
  else socket.prependListener("free", () => socket.destroy());
}

/** @throws {SrvDialError} for options of an agent or a request that can only be given to srvAgent */
function refuse(given: AgentOptions, ofAgent: SrvHttpOptions, prefix = ""): void {
  for (const option of OF_DIALER) {
    const value: unknown = given[option];
    const instead = option === "lookup" ? "resolver" : option;
    if (value === undefined || value === 0 || value === ofAgent[instead]) continue;
    throw invalidArg(`${prefix}${option}`, value, `none here: give srvAgent ${instead}`);
  }
}
