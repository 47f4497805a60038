import type { Operation } from "../history/operation.ts";
import type { Defect } from "../defects.ts";
import type { Sample } from "./sample.ts";

/** What the process of the clients is told first. */
export interface Settings {
  readonly seed: number;
  /** The SRV name of Redis. */
  readonly srvName: string;
  readonly password: string;
  readonly dnsServer: string;
  readonly cloudMapApi: string;
  /** What is broken in the clients on purpose. */
  readonly defect: Defect | undefined;
}

/** An operation as a client saw it. */
export type ClientOperation = Operation & {
  /** `address:port` of the Redis that answered. */
  readonly place?: string;
  /** Why there was no reply, and after how many milliseconds that was told. */
  readonly failure?: { readonly message: string; readonly after: number };
};

export type ToClients =
  | { readonly type: "start"; readonly settings: Settings }
  | { readonly type: "sample" }
  /** Begin no operation any more; those that have not ended within that many ms are told as they are. */
  | { readonly type: "stop"; readonly within: number };

export type FromClients =
  /** How long a command of each client may take, in ms. */
  | { readonly type: "started"; readonly bounds: readonly number[] }
  | { readonly type: "operations"; readonly operations: readonly ClientOperation[] }
  | { readonly type: "sample"; readonly sample: Sample }
  /** Every operation has been told. */
  | { readonly type: "stopped"; readonly unanswered: readonly ClientOperation[] };
