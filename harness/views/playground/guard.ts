import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request is refused. Undefined for a request from the playground's page.
 *
 * A page of another site can send requests to a loopback address, and read the answers if its own name resolves to
 * that address (DNS rebinding). So the Host header must be a local name of this server, and a POST must have this
 * server's Origin, which every browser sends.
 */
export function refusalOf(
  method: string,
  headers: IncomingHttpHeaders,
  port: number,
): string | undefined {
  // Browsers leave out the protocol's default port.
  const hosts = ["127.0.0.1", "localhost"].map((name) => (port === 80 ? name : `${name}:${port}`));
  const { host = "", origin } = headers;
  if (!hosts.includes(host)) return `Host must be ${hosts.join(" or ")}`;
  if (method === "GET" || method === "HEAD") return undefined;
  if (origin !== `http://${host}`) return `Origin must be http://${host}`;
  const site = headers["sec-fetch-site"] ?? "same-origin";
  if (site !== "same-origin") return `a request from ${site} is not accepted`;
  return undefined;
}
