import type { SrvRecord } from "node:dns";
import { isIP } from "node:net";
import { toError } from "../base/errors.ts";
import { withSignal } from "../base/lifetime.ts";
import { nameProblem } from "../base/name.ts";
import type { RecordOf } from "./codec.ts";
import { ErrorReply, ServerError } from "./exchange.ts";
import { Rcode } from "./message.ts";
import { queryRecords } from "./query.ts";
import { settingsOf } from "./resolver.ts";

const settings = /* @__PURE__ */ settingsOf({});

/**
 * The SRV records of a name, as `dns.promises.resolveSrv` returns them. It accepts compressed targets, asks servers that
 * `dns.getServers()` does not name, and fails after 3 s per silent server.
 *
 * @throws {Error} with Node's `code`, `syscall` and `hostname`: ENOTFOUND, ENODATA, ETIMEOUT, ESERVFAIL, EREFUSED,
 * ENOTIMP, EFORMERR, EBADRESP, EBADNAME or ECONNREFUSED. The message of `cause` has a reason for each server
 * @see https://nodejs.org/api/dns.html#dnspromisesresolvesrvhostname
 * @example
 * import { resolveSrv } from "srv-dialer/dns";
 *
 * const [first] = await resolveSrv("_mongodb._tcp.cluster0.example.net");
 * console.log(first?.name, first?.port, first?.priority, first?.weight);
 */
export function resolveSrv(hostname: string): Promise<SrvRecord[]> {
  return resolve(hostname, "SRV", ({ target, port, priority, weight }) => {
    return { name: target === "." ? "" : target, port, priority, weight };
  });
}

/**
 * The TXT records of a name, as `dns.promises.resolveTxt` returns them: each as the list of its strings.
 *
 * @throws {Error} as {@link resolveSrv} does
 * @see https://nodejs.org/api/dns.html#dnspromisesresolvetxthostname
 * @example
 * import { resolveTxt } from "srv-dialer/dns";
 *
 * for (const strings of await resolveTxt("cluster0.example.net")) console.log(strings.join(""));
 */
export function resolveTxt(hostname: string): Promise<string[][]> {
  return resolve(hostname, "TXT", (strings) => strings);
}

function resolve<T extends "SRV" | "TXT", R>(
  hostname: string,
  type: T,
  toResult: (data: RecordOf<T>["data"]) => R,
): Promise<R[]> {
  if (typeof hostname !== "string") {
    // Not as a rejection, as Node.js throws it too.
    const message = `The "name" argument must be of type string. Received type ${typeof hostname}`;
    throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
  }
  return withSignal(undefined, async (lifetime) => {
    const fail = (code: string, cause?: Error): Error => dnsError(code, type, hostname, cause);
    if (/^\.?$/.test(hostname) || isIP(hostname) !== 0) throw fail("ENOTFOUND");
    if (nameProblem(hostname) !== undefined) throw fail("EBADNAME");
    const options = { ...settings, channels: new Map(), lifetime, unref: false };
    const failed = (error: unknown): never => {
      throw fail(codeOf(error), toError(error));
    };
    const { reply, records } = await queryRecords(hostname, type, options).catch(failed);
    if (records.length > 0) return records.map(({ data }) => toResult(data));
    throw fail(reply.rcode === Rcode.NXDOMAIN ? "ENOTFOUND" : "ENODATA");
  });
}

/** The code of the first server that replied; without one, of the last server. */
function codeOf(error: unknown): string {
  const errors: Error[] = error instanceof AggregateError ? error.errors : [];
  const failure = errors.find((each) => each instanceof ErrorReply) ?? errors.at(-1);
  if (failure instanceof ServerError) return failure.code;
  // No servers are configured, or aliases without an end.
  return error instanceof AggregateError ? "ECONNREFUSED" : "EBADRESP";
}

function dnsError(code: string, type: string, hostname: string, cause?: Error): Error {
  const syscall = `query${type === "SRV" ? "Srv" : "Txt"}`;
  const of = hostname === "" ? {} : { hostname };
  const error = new Error([syscall, code, ...Object.values(of)].join(" "), cause && { cause });
  return Object.assign(error, { errno: undefined, code, syscall, ...of });
}
