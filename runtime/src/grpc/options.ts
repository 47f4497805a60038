import { invalidArg, isRecord, refuseUnknown } from "../base/checks.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { type Settings, parseOptions } from "../dial/options.ts";
import type { GrpcModule } from "./module.ts";

/** What concerns finding targets. */
const OF_DIALER = [
  "resolver",
  "timeout",
  "attemptDelay",
  "family",
  "cache",
  "localAddress",
  "cooldown",
  "random",
] as const satisfies (keyof SrvDialerOptions)[];

/** Options of `registerSrvResolver`: those of a dialer that concern finding targets. Connections are grpc-js's own. */
export interface SrvGrpcOptions extends Pick<SrvDialerOptions, (typeof OF_DIALER)[number]> {
  /**
   * The module `@grpc/grpc-js` of your clients, where it is another copy than the installed one, as in a bundle.
   * @default the installed one
   */
  grpc?: GrpcModule;
}

/**
 * @returns the settings for a name
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option
 */
export function parseGrpcOptions(options: SrvGrpcOptions): (name: string) => Settings {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  refuseUnknown("", options, [...OF_DIALER, "grpc"]);
  const { grpc: _grpc, ...ofDialer }: SrvGrpcOptions = options;
  const settingsOf = (name: string) => parseOptions(name, ofDialer);
  // Here, not with the first client.
  settingsOf("name");
  return settingsOf;
}
