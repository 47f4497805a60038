import type { experimental } from "@grpc/grpc-js";
import { invalidArg } from "../base/checks.ts";
import { nameProblem, serviceName } from "../base/name.ts";
import { Dialer } from "../dial/dialer.ts";
import type { Settings } from "../dial/options.ts";
import type { GrpcModule } from "./module.ts";
import { Resolution } from "./resolution.ts";

type Target = experimental.GrpcUri;
type ResolverClass = Parameters<typeof experimental.registerResolver>[1];

/** What grpc-js makes a resolver of, for each channel to a target of our scheme. */
export function resolverClass(
  grpc: GrpcModule,
  settingsOf: (name: string) => Settings,
): ResolverClass {
  return class SrvResolver implements experimental.Resolver {
    readonly #begin: () => Resolution;
    #resolution: Resolution | undefined;

    constructor(target: Target, listener: experimental.ResolverListener) {
      const name = nameIn(target);
      // Before 1.14 it was an object.
      if (typeof listener !== "function") {
        throw new Error("this @grpc/grpc-js is too old: npm install @grpc/grpc-js@1.14");
      }
      const settings = settingsOf(name);
      this.#begin = () => new Resolution(new Dialer(settings), { grpc, ...settings }, listener);
    }

    /** Begins, or looks again since connections have failed or ended. */
    updateResolution(): void {
      if (this.#resolution === undefined) this.#resolution = this.#begin();
      else this.#resolution.update();
    }

    destroy(): void {
      this.#resolution?.end();
      this.#resolution = undefined;
    }

    /** What the `:authority` header says, and a server's certificate is checked for. */
    static getDefaultAuthority(target: Target): string {
      return serviceName(nameIn(target));
    }
  };
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG */
function nameIn({ authority = "", path }: Target): string {
  if (authority !== "") {
    const allowed = "srv:///NAME, with three slashes; DNS servers are given by the option resolver";
    throw invalidArg("target", `srv://${authority}/${path}`, allowed);
  }
  const problem = nameProblem(path);
  if (problem !== undefined) throw invalidArg("name", path, problem);
  return path;
}
