import type { Operation } from "../history/operation.ts";
import type { Defect } from "../defects.ts";
import type { Sample } from "./sample.ts";

/** The first message to the client process. */
export interface Settings {
  readonly seed: number;
  readonly srvName: string;
  readonly password: string;
  readonly dnsServer: string;
  readonly cloudMapApi: string;
  /** A defect of the clients. */
  readonly defect: Defect | undefined;
}

/** An operation as the client observed it. */
export type ClientOperation = Operation & {
  /** `address:port` of the Redis that answered. */
  readonly endpoint?: string;
  /** The error and the time until it, in ms, if there was no reply. */
  readonly failure?: { readonly message: string; readonly after: number };
};

export type ToClients =
  | { readonly type: "start"; readonly settings: Settings }
  | { readonly type: "sample" }
  /** Start no more operations. Those that have not ended within this time, in ms, are reported as they are. */
  | { readonly type: "stop"; readonly within: number };

export type FromClients =
  /** The maximum duration of a command of each client, in ms. */
  | { readonly type: "started"; readonly bounds: readonly number[] }
  | { readonly type: "operations"; readonly operations: readonly ClientOperation[] }
  | { readonly type: "sample"; readonly sample: Sample }
  /** Every operation has been reported. */
  | { readonly type: "stopped"; readonly unanswered: readonly ClientOperation[] };
