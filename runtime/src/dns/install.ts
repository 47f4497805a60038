import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { callbackify } from "node:util";
import { resolveSrv, resolveTxt } from "./records.ts";

type Resolve = (hostname: string, ...others: never[]) => unknown;

/** A function that is replaced: where it is, its name, and ours, which may call the current one of Node.js. */
type Replacement = readonly [module: object, name: string, ours: (original: Resolve) => Resolve];

/** The replacements in one module. `resolve` gets the type of the records as its second argument. */
function replacementsIn(module: object, srv: Resolve, txt: Resolve): Replacement[] {
  const ofType: Partial<Record<string, Resolve>> = { SRV: srv, TXT: txt };
  const resolve = (original: Resolve): Resolve => {
    return (hostname, type, ...others) => {
      const ours = ofType[String(type)];
      return ours === undefined ? original(hostname, type, ...others) : ours(hostname, ...others);
    };
  };
  return [
    [module, "resolveSrv", () => srv],
    [module, "resolveTxt", () => txt],
    [module, "resolve", resolve],
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
  const replacements = [
    ...replacementsIn(dns, callbackify(resolveSrv), callbackify(resolveTxt)),
    ...replacementsIn(dns.promises, resolveSrv, resolveTxt),
  ];
  const undo = replacements.map(([module, name, ours]) => replace(module, name, ours));
  syncBuiltinESMExports();
  return () => {
    for (const each of undo.splice(0)) each();
    syncBuiltinESMExports();
  };
}

/** @returns a function that puts the original back */
function replace(module: object, name: string, ours: Replacement[2]): () => void {
  let original = Reflect.get(module, name) as Resolve;
  const replacement = ours((...args) => original(...args));
  const common = { configurable: true, enumerable: true };
  Object.defineProperty(module, name, {
    ...common,
    get: () => replacement,
    // Node's setServers assigns its functions anew.
    set: (assigned: Resolve) => {
      original = assigned;
    },
  });
  return () => Object.defineProperty(module, name, { ...common, writable: true, value: original });
}
