import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { synthesize } from "../../../stacks/synthesize.ts";

// What `cdk-app.cjs` makes, by the stacks: `tsx stacks-app.ts COUNT OUTDIR`.

const [count = "", outdir = ""] = process.argv.slice(2);

const environment: EnvironmentInput = {
  account: "111111111111",
  region: "eu-central-1",
  network: { cidr: "10.10.0.0/16" },
  app: {
    image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1",
    loadBalancer: { healthCheck: { path: "/healthz" } },
  },
};

const names = Array.from({ length: Number(count) }, (_, index) => `env${index}`);
synthesize(Object.fromEntries(names.map((name) => [name, environment])), { outdir });
