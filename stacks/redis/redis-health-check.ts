import { dataDirectory } from "./redis-container.ts";
import { ownFolder } from "./redis-own-folder.ts";
import { reportMetrics } from "./redis-metrics.ts";
import { recordVersion } from "./redis-version-guard.ts";
import { fence, rewriteAfterTakeover } from "./redis-writer-fence.ts";

/**
 * Healthy is a server that answers, even if only that it is still loading. `redis-cli ping` alone exits
 * 0 with a wrong password, and `redis-cli -e ping` exits 1 while loading, which would kill a Redis
 * with much data. Clients find out whether it is ready. The password comes from REDISCLI_AUTH.
 *
 * Before that it ends a server that has lost the writer lock. After a PONG it records the version, has
 * the append-only file rewritten where that is due, and reports metrics if it is to; none of it makes the server
 * unhealthy. Its text is constant, as the command's is.
 */
export function redisHealthCheck(): string {
  return [
    ownFolder,
    fence(dataDirectory),
    "case $(redis-cli ping 2>/dev/null) in PONG*) ;; LOADING*) exit 0;; *) exit 1;; esac",
    recordVersion(dataDirectory),
    rewriteAfterTakeover(dataDirectory),
    reportMetrics(),
    "exit 0",
  ].join("\n");
}
