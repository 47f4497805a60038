import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { callbackify } from "node:util";
import { nameProblem } from "../base/name.ts";
import { resolveSrv, resolveTxt } from "./records.ts";

type Resolve = (hostname: string, ...others: never[]) => unknown;
/** Makes our function, which may call the current one of Node.js. */
type Make = (original: Resolve) => Resolve;

/** Replaces the functions of one module. @returns functions that undo it */
function replaceIn(module: object, srv: Resolve, txt: Resolve): (() => void)[] {
  const resolve: Make =
    (original) =>
    (hostname, type: unknown, ...others) => {
      if (type === "SRV") return srv(hostname, ...others);
      if (type === "TXT") return txt(hostname, ...others);
      return original(hostname, type as never, ...others);
    };
  return [
    replace(module, "resolveSrv", () => srv),
    replace(module, "resolveTxt", () => txt),
    replace(module, "resolve", resolve),
  ];
}

/**
 * Replaces `resolveSrv` and `resolveTxt` of `node:dns` and `node:dns/promises`, and `resolve` for these two types, for
 * drivers that call them, such as `mongodb`. Call it before they are used. `setServers` still sets the servers.
 * Functions that others assign in the meantime take effect once it is undone. The class `Resolver` stays as it is.
 *
 * @returns a function that undoes it
 * @throws none
 * @example
 * import { install } from "srv-dialer/dns";
 *
 * const undo = install();
 * // Connect with mongodb+srv://…
 * undo();
 */
export function install(): () => void {
  const undo = [
    ...replaceIn(dns, callbackify(resolveSrv), callbackify(resolveTxt)),
    ...replaceIn(dns.promises, resolveSrv, resolveTxt),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const each of undo.splice(0)) each();
    syncBuiltinESMExports();
  };
}

/** @returns a function that undoes it, also for programs that hold the replacement */
function replace(module: object, name: string, make: Make): () => void {
  let original = Reflect.get(module, name) as Resolve;
  let isUndone = false;
  const ours = make((...args) => original(...args));
  // Node.js also asks for names that are refused here, such as wildcards.
  const replacement: Resolve = (hostname, ...others) =>
    (isUndone || nameProblem(hostname) !== undefined ? original : ours)(hostname, ...others);
  const common = { configurable: true, enumerable: true };
  const get = (): Resolve => replacement;
  // Node's setServers assigns its functions anew.
  const set = (assigned: Resolve): void => void (original = assigned);
  Object.defineProperty(module, name, { ...common, get, set });
  return () => {
    isUndone = true;
    // Another replacement may be in its place by now.
    if (Object.getOwnPropertyDescriptor(module, name)?.get !== get) return;
    Object.defineProperty(module, name, { ...common, writable: true, value: original });
  };
}
