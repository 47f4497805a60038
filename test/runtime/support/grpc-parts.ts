// gRPC servers and clients of either end of the versions that the package supports.
import { readFileSync } from "node:fs";

import * as newest from "@grpc/grpc-js";
import * as oldest from "grpc-js-oldest";

import { TLS_FILES } from "../../../harness/programs/tls/certificates.ts";

type Grpc = typeof newest;

/** Each with its name, for `describe.each`. The package needs the same of both. */
export const VERSIONS: [string, Grpc][] = [
  ["@grpc/grpc-js 1.14.7", newest],
  ["@grpc/grpc-js 1.14.0", oldest as object as Grpc],
];

const PUT = {
  path: "/test.Store/Put",
  requestStream: false,
  responseStream: false,
  requestSerialize: (text: string) => Buffer.from(text),
  requestDeserialize: String,
  responseSerialize: (text: string) => Buffer.from(text),
  responseDeserialize: String,
} as const;

export interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  /** The `:authority` of each call. */
  readonly authorities: readonly string[];
  /** Takes no new call, and ends when the others have. */
  stop(): Promise<void>;
  /** Ends at once, as a process that is killed. */
  kill(): void;
}

/** Keeps what it is given, and answers with its port. */
export async function startGrpc(
  grpc: Grpc,
  { store = new Set<string>(), tls = false, port = 0 } = {},
): Promise<GrpcServer> {
  const server = new grpc.Server();
  const authorities: string[] = [];
  const put: newest.handleUnaryCall<string, string> = (call, answer) => {
    authorities.push(call.getHost());
    store.add(call.request);
    answer(null, String(bound));
  };
  server.addService({ put: PUT }, { put });
  const [cert_chain, private_key] = [TLS_FILES.cert, TLS_FILES.key].map((file) =>
    readFileSync(file),
  );
  const pair = { cert_chain, private_key } as newest.KeyCertPair;
  const credentials = tls
    ? grpc.ServerCredentials.createSsl(null, [pair])
    : grpc.ServerCredentials.createInsecure();
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, got) => {
      if (error === null) resolve(got);
      else reject(error);
    });
  });
  return {
    port: bound,
    authorities,
    stop: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    kill: () => server.forceShutdown(),
    [Symbol.asyncDispose]: () => Promise.resolve(server.forceShutdown()),
  };
}

export interface GrpcClient extends Disposable {
  /** Resolves to the port of the server that has kept the text; rejects with grpc-js's error. */
  put(text: string, options?: { waitForReady?: boolean }): Promise<number>;
}

export interface ClientOptions {
  readonly target?: string;
  readonly tls?: boolean;
  readonly serviceConfig?: object;
}

export function grpcClient(grpc: Grpc, name: string, options: ClientOptions = {}): GrpcClient {
  const { target = `srv:///${name}`, tls = false, serviceConfig } = options;
  const credentials = tls
    ? grpc.credentials.createSsl(readFileSync(TLS_FILES.cert))
    : grpc.credentials.createInsecure();
  const client = new grpc.Client(target, credentials, {
    // Servers that were killed are tried again soon.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 200,
    // Every client has connections of its own.
    "grpc.use_local_subchannel_pool": 1,
    ...(serviceConfig === undefined
      ? {}
      : { "grpc.service_config": JSON.stringify(serviceConfig) }),
  });
  return {
    put: (text, { waitForReady = false } = {}) =>
      new Promise((resolve, reject) => {
        const metadata = new grpc.Metadata({ waitForReady });
        client.makeUnaryRequest(
          PUT.path,
          PUT.requestSerialize,
          PUT.responseDeserialize,
          text,
          metadata,
          { deadline: Date.now() + 10_000 },
          (error, answer) => {
            if (error === null) resolve(Number(answer));
            else reject(error);
          },
        );
      }),
    [Symbol.dispose]: () => client.close(),
  };
}
