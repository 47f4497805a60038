import { Agent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as TlsAgent, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import {
  checkMilliseconds,
  invalidArg,
  isRecord,
  refuseUnknown,
  withoutUndefined,
} from "../base/checks.ts";
import { SrvSocket } from "../stream/srv-socket.ts";
import { SrvTlsSocket } from "../stream/srv-tls-socket.ts";
import { type Destination, HTTP_OPTIONS, Services, type SrvHttpOptions } from "./services.ts";
import { tlsOf } from "./tls.ts";

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

/** Options that are easily given next to `agent` instead of in it. `keepAlive` and `timeout` exist in both places. */
const OF_AGENT = [
  "keepAliveMsecs",
  "maxSockets",
  "maxTotalSockets",
  "maxFreeSockets",
  "scheduling",
] as const satisfies (keyof AgentOptions)[];

const AGENT_DEFAULTS: AgentOptions = { keepAlive: true, scheduling: "lifo", timeout: 5_000 };

/** Options of a connection, merged by an agent from the request's and its own. */
type Request = RequestOptions & ConnectionOptions;
type Created = (error: Error | null, socket: Duplex) => void;

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option */
export function createAgent(given: SrvAgentOptions): Agent {
  if (!isRecord(given)) throw invalidArg("options", given, "an object");
  const misplaced = OF_AGENT.find((option) => option in given);
  if (misplaced !== undefined) {
    const { [misplaced]: value }: AgentOptions = given as object;
    throw invalidArg(misplaced, value, `none here: give agent.${misplaced}`);
  }
  refuseUnknown("", given, OPTIONS);
  const { agent = {}, ...options }: SrvHttpOptions & { agent?: AgentOptions } = given;
  checkAgentOptions(agent, options);
  const services = new Services(options);
  const all = { ...plainOptions(options), ...AGENT_DEFAULTS, ...withoutUndefined(agent) };
  const { tls } = options;
  if (tls === undefined || tls === false) return new SrvAgent(services, all);
  return new SrvTlsAgent(services, isRecord(tls) ? { ...all, ...withoutUndefined(tls) } : all);
}

/** Checks what Node.js does not check, or only at the first request. */
function checkAgentOptions(agent: AgentOptions, options: SrvHttpOptions): void {
  if (!isRecord(agent)) throw invalidArg("agent", agent, "the options of http.Agent, an object");
  if (agent instanceof Agent) {
    throw invalidArg(
      "agent",
      "an agent",
      "the options of http.Agent: srvAgent makes an agent of them",
    );
  }
  refuse(agent, options, { prefix: "agent.", place: "agent" });
  const { timeout, maxSockets = Infinity }: AgentOptions = agent;
  checkMilliseconds("agent.timeout", timeout, 0, 0);
  // With another value, such as NaN, requests would wait forever.
  if (!(maxSockets >= 0)) throw invalidArg("agent.maxSockets", maxSockets, "a number from 0");
}

/** Options for direct connections that dialed connections also have. */
function plainOptions({ localAddress, family }: SrvHttpOptions): object {
  return {
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(family === 4 || family === 6 ? { family } : {}),
  };
}

class SrvAgent extends Agent {
  readonly #dialing: Dialing;

  constructor(services: Services, options: AgentOptions) {
    super(options);
    this.#dialing = new Dialing(this, services, 80);
  }

  override createConnection(request: ClientRequestArgs, created?: Created) {
    const name = this.#dialing.nameOf(request);
    if (name === undefined) return super.createConnection(request, created);
    return this.#dialing.socketFor(name, request);
  }

  override destroy(): void {
    this.#dialing.close();
    super.destroy();
  }
}

class SrvTlsAgent extends TlsAgent {
  readonly #dialing: Dialing;

  constructor(services: Services, options: AgentOptions) {
    super(options);
    this.#dialing = new Dialing(this, services, 443);
  }

  override createConnection(request: Request, created?: Created) {
    const name = this.#dialing.nameOf(request);
    if (name === undefined) return super.createConnection(request, created);
    return this.#dialing.socketFor(name, request, request);
  }

  override destroy(): void {
    this.#dialing.close();
    super.destroy();
  }
}

/** Shared by the two agents: decides which requests go through SRV records, and when a connection ends. */
class Dialing {
  readonly #agent: Agent;
  readonly #services: Services;
  readonly #defaultPort: number;
  /** Sockets whose targets are no longer in the records. */
  readonly #left = new WeakSet<Duplex>();

  constructor(agent: Agent, services: Services, defaultPort: number) {
    this.#agent = agent;
    this.#services = services;
    this.#defaultPort = defaultPort;
    // Before the agent's own listener, which keeps the socket or gives it to a waiting request.
    agent.prependListener("free", (socket: Duplex) => {
      if (this.#left.has(socket)) socket.destroy();
    });
  }

  /** The SRV name of a request; undefined if it connects directly. */
  nameOf({ host, port, socketPath }: ClientRequestArgs): string | undefined {
    const isDefault = port === undefined || port === null || Number(port) === this.#defaultPort;
    const to: Destination = { host: host ?? "", port: isDefault ? undefined : Number(port) };
    const isPath = socketPath !== undefined && socketPath !== null;
    return !isPath && this.#services.has(to) ? to.host : undefined;
  }

  /** @param tls undefined: no TLS */
  socketFor(name: string, request: ClientRequestArgs, tls?: Request): SrvSocket {
    const options = { ref: false, tls: tls && this.#tlsOf(name, tls) };
    const Kind = tls === undefined ? SrvSocket : SrvTlsSocket;
    const socket: SrvSocket = new Kind(async (caller) => {
      refuse(request, this.#services.options, { prefix: "", place: "a request to an SRV name" });
      return this.#services.of(name).dial(options, () => () => this.#leave(socket), caller);
    });
    if (request.timeout !== undefined) socket.setTimeout(request.timeout);
    return socket.connect();
  }

  close(): void {
    this.#services.close();
  }

  #tlsOf(host: string, { servername, ...request }: Request): ConnectionOptions {
    return tlsOf(this.#services.options, { host, servername }, pick(request));
  }

  /** Ends the socket now, or when its request has ended. */
  #leave(socket: SrvSocket): void {
    this.#left.add(socket);
    const isFree = Object.values(this.#agent.freeSockets).some((sockets) =>
      (sockets as readonly Duplex[] | undefined)?.includes(socket),
    );
    if (isFree) socket.destroy();
  }
}

/** @throws {SrvDialError} for options that can only be given to srvAgent */
function refuse(
  given: Pick<AgentOptions, (typeof OF_DIALER)[number]>,
  ofAgent: SrvHttpOptions,
  { prefix, place }: { readonly prefix: string; readonly place: string },
): void {
  for (const option of OF_DIALER) {
    const value = given[option];
    const isAgents = option !== "lookup" && value === ofAgent[option];
    if (value === undefined || value === 0 || isAgents) continue;
    const instead = option === "lookup" ? "resolver" : option;
    throw invalidArg(`${prefix}${option}`, value, `none in ${place}: give srvAgent ${instead}`);
  }
}

/** The TLS options of a request (listed by `https.request`). */
const TLS_OPTIONS = [
  "ALPNProtocols",
  "ca",
  "cert",
  "checkServerIdentity",
  "ciphers",
  "crl",
  "dhparam",
  "ecdhCurve",
  "honorCipherOrder",
  "key",
  "maxVersion",
  "minVersion",
  "passphrase",
  "pfx",
  "rejectUnauthorized",
  "secureContext",
  "secureOptions",
  "secureProtocol",
  "sessionIdContext",
  "sigalgs",
] satisfies (keyof ConnectionOptions)[];

function pick(request: ConnectionOptions): ConnectionOptions {
  const given = TLS_OPTIONS.filter((option) => request[option] !== undefined);
  return Object.fromEntries(given.map((option) => [option, request[option]]));
}
