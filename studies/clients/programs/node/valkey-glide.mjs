// https://valkey.io/valkey-glide/
import { Resolver } from "node:dns/promises";
import { GlideClient } from "@valkey/valkey-glide";
import { dns, host, isGuide, name, port, run, way } from "./loop.mjs";

const isHook = way === "hook";
const guide = {
  requestTimeout: 1_000,
  connectionBackoff: { numberOfRetries: 5, factor: 100, exponentBase: 2 },
};

/** The newest target of the SRV record: an `addressResolver` cannot wait for DNS. */
let target = [host, port];
async function find() {
  const resolver = new Resolver();
  resolver.setServers([dns]);
  const [record] = await resolver.resolveSrv(name);
  const [address] = await resolver.resolve4(record.name);
  target = [address, record.port];
}
if (isHook) {
  await find();
  setInterval(() => void find().catch(() => {}), 500);
}

const client = await GlideClient.createClient({
  addresses: [isHook ? { host: name, port: 6379 } : { host, port }],
  ...(isHook && { addressResolver: () => target }),
  ...(isGuide && guide),
});
await run(async (key) => [await client.incr(key), await client.get(key)]);
