// Makes Node.js programs use the VPC's resolver if /etc/resolv.conf cannot be mounted. NODE_OPTIONS loads it in
// every Node.js program of a container.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { callbackify, promisify } from "node:util";

const server = process.env.LOCAL_ECS_DNS_SERVER;
const zones = (process.env.LOCAL_ECS_DNS_ZONES ?? "").split(",").filter(Boolean);

if (server) {
  dns.setServers([server]);
  for (const api of [dns, dns.promises]) api.Resolver = resolverClass(api.Resolver);
  const { lookup } = dns.promises;
  const ownLookup = (name, options) =>
    isOurs(name) ? lookupOurs(name, options) : lookup(name, options);
  dns.promises.lookup = ownLookup;
  dns.lookup = callbackLookup(dns.lookup);
  dns.lookup[promisify.custom] = ownLookup;
  syncBuiltinESMExports();
}

/** A resolver class that uses the VPC's resolver instead of the machine's. */
function resolverClass(Original) {
  return class Resolver extends Original {
    constructor(options) {
      super(options);
      this.setServers([server]);
    }
  };
}

function isOurs(name) {
  const lower = String(name).toLowerCase().replace(/\.$/, "");
  return zones.some((zone) => lower === zone || lower.endsWith(`.${zone}`));
}

/** getaddrinfo can only use port 53, so names of the VPC are resolved here. */
async function lookupOurs(name, options) {
  const addresses = await dns.promises.resolve4(name).catch((error) => {
    throw lookupError(name, error.code);
  });
  const found = addresses.map((address) => ({ address, family: 4 }));
  return options?.all ? found : found[0];
}

/** The error of getaddrinfo(3): no such address, or no server answered. */
function lookupError(hostname, queryCode) {
  const isNo = queryCode === "ENOTFOUND" || queryCode === "ENODATA";
  const [code, errno] = isNo ? ["ENOTFOUND", -3008] : ["EAI_AGAIN", -3001];
  const error = new Error(`getaddrinfo ${code} ${hostname}`);
  return Object.assign(error, { errno, code, syscall: "getaddrinfo", hostname });
}

function callbackLookup(original) {
  return (name, options, callback = options) => {
    if (!isOurs(name)) {
      original(name, options, callback);
      return;
    }
    callbackify(lookupOurs)(name, options, (error, found) => {
      if (error || Array.isArray(found)) callback(error, found);
      else callback(null, found.address, found.family);
    });
  };
}
