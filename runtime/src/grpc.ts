/**
 * gRPC clients through SRV records: a name resolver for `@grpc/grpc-js`. `srv:///search.dev-ecs` is looked up,
 * and grpc-js connects by itself to the targets of the best priority that can be reached.
 *
 * @module
 */
import { type GrpcModule, grpcModule } from "./grpc/module.ts";
import { type SrvGrpcOptions, parseGrpcOptions } from "./grpc/options.ts";
import { resolverClass } from "./grpc/resolver-class.ts";

export type { GrpcModule, SrvGrpcOptions };

/** The scheme of the targets. */
const SCHEME = "srv";

/**
 * From now on targets such as `srv:///search.dev-ecs` are found through SRV records, in every client of this
 * process. Registered again, the options of the last time count for new clients.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @throws {Error} when `@grpc/grpc-js` is not installed; it says what to install
 * @example
 * import { Client, credentials } from "@grpc/grpc-js";
 * import { registerSrvResolver } from "srv-dialer/grpc";
 *
 * registerSrvResolver();
 * const client = new Client("srv:///rpc.dev-ecs", credentials.createInsecure());
 * client.waitForReady(Date.now() + 5_000, (error) => {
 *   console.log(error?.message ?? "ready");
 *   client.close();
 * });
 */
export function registerSrvResolver(options: SrvGrpcOptions = {}): void {
  const settingsOf = parseGrpcOptions(options);
  const grpc = grpcModule(options.grpc);
  grpc.experimental.registerResolver(SCHEME, resolverClass(grpc, settingsOf));
}
