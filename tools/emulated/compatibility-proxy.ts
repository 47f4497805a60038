import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as http,
  type ServerResponse,
} from "node:http";
import { request as https } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Fields, type CompatibilityFix, COMPATIBILITY_FIXES } from "./compatibility-fixes.ts";

/** Milliseconds. */
const RESPONSE_TIMEOUT = 60_000;

/** Headers about the connection, or about the length and encoding of a body that may change. */
const HOP_HEADERS = [
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
];

export interface CompatibilityProxy extends AsyncDisposable {
  /** The provider's endpoint. */
  readonly url: string;
  /** The fixes that changed something so far. */
  readonly needed: ReadonlySet<CompatibilityFix>;
}

/** Starts a proxy between the provider and the emulator, on a loopback port, that applies the fixes. */
export async function startCompatibilityProxy(
  endpoint: URL,
  fixes: readonly CompatibilityFix[] = COMPATIBILITY_FIXES,
): Promise<CompatibilityProxy> {
  const needed = new Set<CompatibilityFix>();
  const fixed = (
    request: IncomingMessage,
    which: CompatibilityFix["body"],
    body: Buffer,
  ): Buffer => {
    const operation = String(request.headers["x-amz-target"]);
    const due = fixes.filter((each) => each.body === which && each.operations.test(operation));
    return due.length === 0 ? body : applyFixes(body, due, needed);
  };
  const server = createServer((request, response) => {
    forward(request, response, endpoint, fixed).catch((error: unknown) => {
      // With status 400 the provider prints the error. After a 5xx it would retry for minutes.
      response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: "EmulatorFailed", message: String(error) }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    needed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: URL,
  fixed: (request: IncomingMessage, which: CompatibilityFix["body"], body: Buffer) => Buffer,
): Promise<void> {
  const asked = fixed(request, "request", await buffer(request));
  const answer = await ask(request, asked, endpoint);
  const body = fixed(request, "response", await buffer(answer));
  const length = request.method === "HEAD" ? {} : { "content-length": body.length };
  response.writeHead(answer.statusCode ?? 502, { ...forwardedHeaders(answer.headers), ...length });
  response.end(body);
}

/** The signature does not match a changed body, but the emulator does not check it. */
async function ask(
  { method, url = "/", headers }: IncomingMessage,
  body: Buffer,
  endpoint: URL,
): Promise<IncomingMessage> {
  const send = endpoint.protocol === "https:" ? https : http;
  const outgoing = send(new URL(url, endpoint), {
    method,
    headers: { ...forwardedHeaders(headers), "content-length": body.length },
    timeout: RESPONSE_TIMEOUT,
  });
  outgoing.on("timeout", () => {
    outgoing.destroy(new Error(`the emulator did not respond within ${RESPONSE_TIMEOUT / 1000} s`));
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return answer;
}

const forwardedHeaders = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name)));

function applyFixes(
  body: Buffer,
  due: readonly CompatibilityFix[],
  needed: Set<CompatibilityFix>,
): Buffer {
  const json = parsed(body);
  if (json === undefined) return body;
  const used = due.filter(({ apply }) => apply(json));
  for (const each of used) needed.add(each);
  return used.length === 0 ? body : Buffer.from(JSON.stringify(json));
}

/** The fields of a JSON body; undefined for other bodies, such as an error page. */
function parsed(body: Buffer): Fields | undefined {
  try {
    const json: unknown = JSON.parse(body.toString());
    return typeof json === "object" && json !== null ? (json as Fields) : undefined;
  } catch {
    return undefined;
  }
}
