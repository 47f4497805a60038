/**
 * Connect to a service through its DNS SRV records.
 *
 * @module srv-dialer
 */
export { createSrvDialer } from "./dialer/dialer.ts";
export { dnsResolver } from "./dns/resolver.ts";
export type { DnsResolver, DnsResolverOptions } from "./dns/resolver.ts";
export { SrvDialError } from "./base/errors.ts";
export type { SrvAttempt, SrvAttemptPhase, SrvDialErrorCode } from "./base/errors.ts";
export { orderTargets } from "./dial/order.ts";
export type * from "./base/types.ts";
export type { SrvEndpointMessage, SrvMessages } from "./base/diagnostics.ts";
