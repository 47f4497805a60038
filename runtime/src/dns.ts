/**
 * `resolveSrv` and `resolveTxt` of `node:dns/promises`, which also work where those of Node.js do not.
 *
 * @module srv-dialer/dns
 */
export { resolveSrv, resolveTxt } from "./dns/records.ts";
export { install } from "./dns/install.ts";
