// Asks a DNS server for the SRV records of a name with `resolveSrv` of a module, and prints what comes of it as JSON.
// Runs on any Node.js from 20 on. Usage: node ask.mjs MODULE SERVER NAME
import dns from "node:dns";

const [module, server, name] = process.argv.slice(2);
dns.setServers([server]);
const { resolveSrv } = await import(module);

const start = performance.now();
try {
  console.log(JSON.stringify({ records: await resolveSrv(name) }));
} catch ({ code }) {
  const seconds = Math.round((performance.now() - start) / 1_000);
  console.log(JSON.stringify({ code, seconds }));
}
