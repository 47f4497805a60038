// An unmodified program with the AWS SDK: everything comes from its environment. It prints what it finds, as JSON.
import {
  DiscoverInstancesCommand,
  ListServicesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";

/** The result, or what is known of the error. */
async function attempt(call) {
  const from = performance.now();
  try {
    return await call();
  } catch ({ name: error, message, $metadata }) {
    return { error, message, attempts: $metadata?.attempts, took: performance.now() - from };
  }
}

const read = async (url) => (await fetch(url)).json();

const { env } = process;
const { ECS_CONTAINER_METADATA_URI: v3, ECS_CONTAINER_METADATA_URI_V4: v4 } = env;
const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
const credentialsUri = relative
  ? `http://169.254.170.2${relative}`
  : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
const client = new ServiceDiscoveryClient();
const names = { NamespaceName: "test-ecs", ServiceName: "test-redis" };
const discover = async () => (await client.send(new DiscoverInstancesCommand(names))).Instances;
const list = () => client.send(new ListServicesCommand());
const report = {
  env: Object.fromEntries(Object.entries(env).filter(([name]) => /^(AWS|ECS|HOME)/.test(name))),
  region: await client.config.region(),
  credentials: await attempt(() => client.config.credentials()),
  role: credentialsUri && (await read(credentialsUri)).RoleArn,
  instances: await attempt(discover),
  refused: await attempt(list),
  again: await attempt(list),
  container: await read(v4),
  task: await read(`${v4}/task`),
  v3: await read(v3),
  v3Task: await read(`${v3}/task`),
  stats: await read(`${v4}/stats`),
  taskStats: await read(`${v4}/task/stats`),
  metadataService: await attempt(() => read("http://169.254.169.254/latest/meta-data/")),
};
console.log(JSON.stringify(report));
// A task that ends is replaced.
setInterval(() => {}, 60_000);
