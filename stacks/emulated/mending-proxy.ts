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
import { type Fields, type Mend, MENDS } from "./mends.ts";

/** How long the emulator may take for an answer, in milliseconds. */
const LONGEST_ANSWER = 60_000;

/** About one connection, or about the length and encoding of a body that may change. */
const OWN_HEADERS = [
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
];

export interface MendingProxy extends AsyncDisposable {
  /** What the provider is given as the endpoint. */
  readonly url: string;
  /** The mends that were needed so far. */
  readonly needed: ReadonlySet<Mend>;
}

/** Stands between the provider and the emulator on a loopback port, and mends what passes. */
export async function startMendingProxy(
  endpoint: URL,
  mends: readonly Mend[] = MENDS,
): Promise<MendingProxy> {
  const needed = new Set<Mend>();
  const mended = (request: IncomingMessage, which: Mend["body"], body: Buffer): Buffer => {
    const operation = String(request.headers["x-amz-target"]);
    const due = mends.filter((each) => each.body === which && each.operations.test(operation));
    return due.length === 0 ? body : withMends(body, due, needed);
  };
  const server = createServer((request, response) => {
    forward(request, response, endpoint, mended).catch((error: unknown) => {
      // An error of its own kind: the provider prints it, and does not try for minutes as it does after a 5xx.
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
  mended: (request: IncomingMessage, which: Mend["body"], body: Buffer) => Buffer,
): Promise<void> {
  const asked = mended(request, "request", await buffer(request));
  const answer = await ask(request, asked, endpoint);
  const body = mended(request, "response", await buffer(answer));
  const length = request.method === "HEAD" ? {} : { "content-length": body.length };
  response.writeHead(answer.statusCode ?? 502, { ...passedOn(answer.headers), ...length });
  response.end(body);
}

/** The signature does not fit a changed body. An emulator checks none. */
async function ask(
  { method, url = "/", headers }: IncomingMessage,
  body: Buffer,
  endpoint: URL,
): Promise<IncomingMessage> {
  const send = endpoint.protocol === "https:" ? https : http;
  const outgoing = send(new URL(url, endpoint), {
    method,
    headers: { ...passedOn(headers), "content-length": body.length },
    timeout: LONGEST_ANSWER,
  });
  outgoing.on("timeout", () => {
    outgoing.destroy(new Error(`the emulator gave no answer for ${LONGEST_ANSWER / 1000} s`));
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return answer;
}

const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name)));

function withMends(body: Buffer, due: readonly Mend[], needed: Set<Mend>): Buffer {
  const json = parsed(body);
  if (json === undefined) return body;
  const used = due.filter(({ mend }) => mend(json));
  for (const each of used) needed.add(each);
  return used.length === 0 ? body : Buffer.from(JSON.stringify(json));
}

/** The fields of a body; undefined where it is something else, such as an error page. */
function parsed(body: Buffer): Fields | undefined {
  try {
    const json: unknown = JSON.parse(body.toString());
    return typeof json === "object" && json !== null ? (json as Fields) : undefined;
  } catch {
    return undefined;
  }
}
