import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that Linux gives to those who ask for any (`ip_local_port_range`): none of them gets the port before
 * it is used.
 */
const FIRST = 15_000;
const END = 32_000;

/** Far more than are ever taken in a row. */
const ATTEMPTS = 100;

/**
 * A port of 127.0.0.1 on which nothing listens at this moment.
 * @throws when 100 in a row are taken
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`${ATTEMPTS} ports from ${FIRST} to ${END - 1} are taken`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (Object(error)["code"] === "EADDRINUSE") return false;
    throw error;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
