import { channel, subscribe } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import type { SrvDialError } from "./errors.ts";
import type { SrvTarget } from "./types.ts";

/** An endpoint in a message. */
export interface SrvEndpointMessage {
  /** The SRV name. */
  readonly name: string;
  /** Target host from the SRV record. */
  readonly host: string;
  /** IP address. */
  readonly address: string;
  /** TCP port. */
  readonly port: number;
}

/** The messages of the channels of `node:diagnostics_channel`. `name` is the SRV name. */
export interface SrvMessages {
  /** The answer of a resolver; `ttl` in seconds. */
  "srv-dialer:resolve": {
    readonly name: string;
    readonly targets: readonly SrvTarget[];
    readonly ttl: number;
  };
  /** An attempt starts. */
  "srv-dialer:attempt": SrvEndpointMessage;
  /** A dial succeeded; `duration` in ms since the call. */
  "srv-dialer:connect": SrvEndpointMessage & { readonly duration: number };
  /** The error that `connect` rejects with; `duration` in ms since the call. */
  "srv-dialer:failure": {
    readonly name: string;
    readonly error: SrvDialError;
    readonly duration: number;
  };
  /** An expired answer is used because no server answers. */
  "srv-dialer:stale": { readonly name: string; readonly targets: readonly SrvTarget[] };
}

/** One of them: check `hasSubscribers` before a message is made. */
interface MessageChannel<M> {
  readonly hasSubscribers: boolean;
  publish(message: M): void;
}

const channelOf = <K extends keyof SrvMessages>(name: K): MessageChannel<SrvMessages[K]> =>
  channel(name);

export const channels = {
  resolve: /* @__PURE__ */ channelOf("srv-dialer:resolve"),
  attempt: /* @__PURE__ */ channelOf("srv-dialer:attempt"),
  connect: /* @__PURE__ */ channelOf("srv-dialer:connect"),
  failure: /* @__PURE__ */ channelOf("srv-dialer:failure"),
  stale: /* @__PURE__ */ channelOf("srv-dialer:stale"),
};

const debug = /* @__PURE__ */ debuglog("srv-dialer");
let isPrinting = false;

/** Prints the messages on stderr from now on if the environment has `NODE_DEBUG=srv-dialer`. */
export function printIfDebugging(): void {
  if (isPrinting || !debug.enabled) return;
  isPrinting = true;
  for (const name of Object.keys(channels)) {
    subscribe(`srv-dialer:${name}`, (message) => debug("%s %O", name, message));
  }
}
