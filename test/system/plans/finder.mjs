// An app that connects to Redis by an SRV name or a link from its plan. It answers with a Redis counter.
import dns from "node:dns/promises";
import http from "node:http";
import net from "node:net";

const { REDIS_SRV, REDIS_ADDR = "", PORT, HOST } = process.env;

async function target() {
  if (REDIS_SRV === undefined) return REDIS_ADDR.split(":");
  const [record] = await dns.resolveSrv(REDIS_SRV);
  const [address] = await dns.resolve4(record.name);
  return [address, record.port];
}

async function count() {
  const [host, port] = await target();
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), host, () => socket.write("INCR count\r\n"));
    socket.setTimeout(2_000, () => socket.destroy(new Error("Redis is silent")));
    socket.once("error", reject);
    socket.once("data", (reply) => {
      resolve(String(reply).trim());
      socket.destroy();
    });
  });
}

const server = http.createServer((_request, response) => {
  count().then(
    (reply) => response.end(reply),
    (error) => response.writeHead(503).end(String(error)),
  );
});
server.listen(Number(PORT), HOST);
process.on("SIGTERM", () => server.close());
