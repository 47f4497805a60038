import { createRequire } from "node:module";
import type { experimental, status } from "@grpc/grpc-js";
import { invalidArg, isRecord } from "../base/checks.ts";

/** What is needed of the module `@grpc/grpc-js`. */
export interface GrpcModule {
  /** To register the resolver. */
  readonly experimental: Pick<typeof experimental, "registerResolver" | "statusOrFromError">;
  /** Codes of calls that fail. */
  readonly status: Pick<typeof status, "UNAVAILABLE">;
}

const PACKAGE = "@grpc/grpc-js";

/**
 * The module of the caller, or the installed one.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG
 * @throws {Error} when it is not installed
 */
export function grpcModule(given: GrpcModule | undefined): GrpcModule {
  if (given === undefined) return installed();
  if (isModule(given)) return given;
  throw invalidArg("grpc", given, `the module ${PACKAGE}`);
}

/** Loaded when it is first needed: it is an optional peer. It is CommonJS, and so needs no promise. */
function installed(): GrpcModule {
  try {
    return createRequire(import.meta.url)(PACKAGE) as GrpcModule;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(`the package ${PACKAGE} is missing: npm install ${PACKAGE}`, { cause: error });
  }
}

function isModule(given: unknown): boolean {
  if (!isRecord(given)) return false;
  const { experimental: found, status: codes } = given;
  return isRecord(codes) && isRecord(found) && typeof found["registerResolver"] === "function";
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
}
