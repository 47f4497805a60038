/**
 * HTTP clients through SRV records: `srvAgent` for `node:http` and `node:https`, `srvConnect` for undici and `fetch`.
 * `http://search.dev-ecs/` is dialed through the SRV records of its host. IP addresses, `localhost` and URLs with a
 * port that is not the protocol's default connect directly.
 *
 * @module srv-dialer/http
 */
export { type SrvAgentOptions, srvAgent } from "./http/agent.ts";
export { type SrvConnect, type SrvConnectRequest, srvConnect } from "./http/connect.ts";
export type { SrvHttpOptions } from "./http/services.ts";
export type * from "./base/types.ts";
