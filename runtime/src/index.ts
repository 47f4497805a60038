/** Connect to a service through its DNS SRV records. @module */
export { createSrvDialer } from "./dialer.ts";
export { dnsResolver } from "./dns-resolver.ts";
export type { DnsResolver, DnsResolverOptions } from "./dns-resolver.ts";
export { SrvDialError } from "./errors.ts";
export type { SrvAttempt, SrvAttemptPhase, SrvDialErrorCode } from "./errors.ts";
export { orderTargets } from "./order.ts";
export type {
  CacheOptions,
  Family,
  HostAddresses,
  LookupContext,
  ResolveContext,
  SrvAnswer,
  SrvDialer,
  SrvDialerOptions,
  SrvDialerStats,
  SrvResolver,
  SrvTarget,
} from "./types.ts";
