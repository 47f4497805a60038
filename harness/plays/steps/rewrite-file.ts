import type { Redis } from "ioredis";
import type { Stage } from "../stage/stage.ts";

/** Makes Redis rewrite its append-only file. Resolves once the new file is in use. */
export async function rewriteFile(stage: Stage, redis: Redis): Promise<void> {
  await redis.bgrewriteaof();
  await stage.until("the file is rewritten", async () => {
    const state = await redis.info("persistence");
    return /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.test(state);
  });
}
