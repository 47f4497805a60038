import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { environments } from "./example-environments.ts";

/** For the page of costs: the required fields, and Redis as ElastiCache. */
export const elastiCache = {
  elasticache: {
    ...environments.dev,
    state: { kind: "s3", bucket: "111111111111-terraform-states" },
    redis: { kind: "elasticache" },
  },
} satisfies EnvironmentsInput;
