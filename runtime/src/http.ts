/**
 * HTTP clients through SRV records: `srvAgent` for `node:http` and `node:https`, `srvConnect` for undici,
 * and so for `fetch`. `http://search.dev-ecs/` is dialed through the SRV records of its host. IP
 * addresses, `localhost` and URLs with a port other than the protocol's own connect plainly.
 *
 * @module srv-dialer/http
 */
import type { Agent } from "node:http";
import type { Agent as TlsAgent } from "node:https";
import { createAgent, type SrvAgentOptions } from "./http/agent.ts";
import { createConnect, type SrvConnect, type SrvConnectRequest } from "./http/connect.ts";
import type { SrvHttpOptions } from "./http/services.ts";

export type { SrvAgentOptions, SrvConnect, SrvConnectRequest, SrvHttpOptions };

/**
 * An agent for `node:http`; with `tls` one for `node:https`. `destroy()` ends it.
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
export function srvAgent(options: SrvAgentOptions & { tls: true | object }): TlsAgent;
export function srvAgent(options?: SrvAgentOptions): Agent;
export function srvAgent(options: SrvAgentOptions = {}): Agent {
  return createAgent(options);
}

/**
 * The option `connect` of undici's Agent, Pool or Client. The URL's protocol decides about TLS; `tls`
 * has its options.
 *
 * A connection whose target has left the records ends once no request runs on it. With `pipelining` above 1,
 * and with HTTP/2, steady load keeps it open; undici's `maxRequestsPerClient` bounds that with HTTP/1.1.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed. Errors of
 * a dial are errors of the request
 * @example
 * import { Agent, request } from "undici";
 * import { srvConnect } from "srv-dialer/http";
 *
 * const dispatcher = new Agent({ connect: srvConnect({ names: ["*.dev-ecs"] }) });
 * const { statusCode, body } = await request("http://search.dev-ecs/", { dispatcher });
 * console.log(statusCode, await body.text());
 * await dispatcher.close();
 */
export function srvConnect(options: SrvHttpOptions = {}): SrvConnect {
  return createConnect(options);
}
