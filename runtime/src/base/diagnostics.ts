import { channel } from "node:diagnostics_channel";

/**
 * Channels of `node:diagnostics_channel`, to see the package at work from outside. Each message is
 * a plain object with the SRV `name`:
 *
 * | channel | further fields |
 * | --- | --- |
 * | `srv-dialer:resolve` | `targets`, `ttl` (s): what a resolver gave |
 * | `srv-dialer:attempt` | `host`, `address`, `port`: an attempt begins |
 * | `srv-dialer:connect` | `host`, `address`, `port`, `duration` (ms since the call) |
 * | `srv-dialer:failure` | `error`: the SrvDialError that `connect` rejects with |
 * | `srv-dialer:stale` | `targets`: an expired answer serves, since no server answers |
 */
export const channels = {
  resolve: channel("srv-dialer:resolve"),
  attempt: channel("srv-dialer:attempt"),
  connect: channel("srv-dialer:connect"),
  failure: channel("srv-dialer:failure"),
  stale: channel("srv-dialer:stale"),
};
