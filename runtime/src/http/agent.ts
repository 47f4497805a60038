import { Agent, type AgentOptions } from "node:http";
import { Agent as TlsAgent, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
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

const OPTIONS = [...HTTP_OPTIONS, "agent"] satisfies (keyof SrvAgentOptions)[];

/** Options that a dialer sets for all its connections. */
const OF_DIALER = ["localAddress", "family", "lookup"] as const satisfies (keyof AgentOptions)[];

const AGENT_DEFAULTS: AgentOptions = { keepAlive: true, scheduling: "lifo", timeout: 5_000 };

/**
 * Creates an agent for `node:http`, or with `tls` for `node:https`. `destroy()`, or `using`, ends it.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed. Errors of
 * a dial are errors of the request
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
  checkOptions(given, OPTIONS);
  const { agent = {}, ...options }: SrvHttpOptions & { agent?: AgentOptions } = given;
  checkAgentOptions(agent, options);
  const services = new Services(options);
  const { localAddress, family, tls } = options;
  // For direct connections. Node.js does not know the family "both".
  const plain = { localAddress, family: family === 4 || family === 6 ? family : undefined };
  const all = { ...withoutUndefined(plain), ...AGENT_DEFAULTS, ...withoutUndefined(agent) };
  if (tls === undefined || tls === false) return new Dialing(new Agent(all), services).agent;
  const ofTls = isRecord(tls) ? withoutUndefined(tls) : {};
  return new Dialing(new TlsAgent({ ...all, ...ofTls }), services).agent;
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

/** Options of a connection: those of the agent and of the request. */
type Request = RequestOptions & ConnectionOptions;

/** Makes an agent dial SRV names, and close a connection once its target has left the records. */
class Dialing {
  readonly agent: (Agent | TlsAgent) & Disposable;
  readonly #services: Services;
  /** Sockets whose targets are no longer in the records. */
  readonly #left = new WeakSet<Duplex>();

  constructor(agent: Agent | TlsAgent, services: Services) {
    this.#services = services;
    const [connect, destroy] = [agent.createConnection.bind(agent), agent.destroy.bind(agent)];
    this.agent = Object.assign(agent, {
      createConnection: (request: Request, created?: () => void) =>
        this.#isDialed(request) ? this.#socketFor(request) : connect(request, created),
      destroy: () => {
        services.close();
        destroy();
      },
      [Symbol.dispose]: () => this.agent.destroy(),
    });
    // Before the agent's own listener, which keeps the socket or gives it to a waiting request.
    agent.prependListener("free", (socket: Duplex) => {
      if (this.#left.has(socket)) socket.destroy();
    });
  }

  #isDialed({ host, port, socketPath }: Request): boolean {
    const defaultPort = this.agent instanceof TlsAgent ? 443 : 80;
    if ((socketPath ?? undefined) !== undefined) return false;
    const isDefault = (port ?? undefined) === undefined || Number(port) === defaultPort;
    return this.#services.has(host ?? "", isDefault ? undefined : Number(port));
  }

  #socketFor(request: Request): SrvSocket {
    const { agent } = this;
    const services = this.#services;
    const Kind = agent instanceof TlsAgent ? SrvTlsSocket : SrvSocket;
    const socket: SrvSocket = new Kind(async (caller) => {
      refuse(request, services.options, "");
      const { host, servername, ...ofRequest } = { ...request, host: request.host ?? "" };
      const dial = (tls?: ConnectionOptions): Promise<Connection> => {
        const whenLeft = () => () => this.#leave(socket);
        return services.of(host).dial({ ref: false, tls }, whenLeft, caller);
      };
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
  #leave(socket: SrvSocket): void {
    this.#left.add(socket);
    const isFree = Object.values(this.agent.freeSockets).some((sockets) =>
      (sockets as readonly Duplex[] | undefined)?.includes(socket),
    );
    if (isFree) socket.destroy();
  }
}

/** @throws {SrvDialError} for options of an agent or a request that can only be given to srvAgent */
function refuse(
  given: Pick<AgentOptions, (typeof OF_DIALER)[number]>,
  ofAgent: SrvHttpOptions,
  prefix: "agent." | "",
): void {
  for (const option of OF_DIALER) {
    const value = given[option];
    const isAgents = option !== "lookup" && value === ofAgent[option];
    if (value === undefined || value === 0 || isAgents) continue;
    const instead = option === "lookup" ? "resolver" : option;
    throw invalidArg(`${prefix}${option}`, value, `none here: give srvAgent ${instead}`);
  }
}
