/**
 * HTTP clients through SRV records: `srvAgent` for `node:http` and `node:https`, `srvConnect` for undici,
 * and so for `fetch`. `http://search.dev-ecs/` is dialed through the SRV records of its host. IP
 * addresses, `localhost` and URLs with a port that is not the protocol's default connect directly.
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
 * Creates an agent for `node:http`, or with `tls` for `node:https`. `destroy()` ends it.
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
 * Creates the option `connect` of undici's Agent, Pool or Client. The URL's protocol decides whether TLS
 * is used; `tls` has its options.
 *
 * A connection whose target is no longer in the records ends when it has no running request. With
 * `pipelining` above 1, and with HTTP/2, steady load keeps it open; with HTTP/1.1, undici's
 * `maxRequestsPerClient` limits that.
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
