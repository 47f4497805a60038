import { dataDirectory } from "./redis-container.ts";
import { ownFolder } from "./redis-own-folder.ts";
import { reportMetrics } from "./redis-metrics.ts";
import { recordVersion } from "./redis-version-guard.ts";
import { fence, rewriteAfterTakeover } from "./redis-writer-fence.ts";

/**
 * A server is healthy if it replies, even if it is still loading. `redis-cli ping` exits with 0 even for a wrong
 * password, and `redis-cli -e ping` exits with 1 while loading, so Redis with much data would be killed. Clients
 * check whether it is ready. The password comes from REDISCLI_AUTH.
 *
 * Before that, the check ends a server that has lost the writer lock. After a PONG it records the version, starts a
 * rewrite of the append-only file if needed, and reports metrics if they are on. Failures of these steps do not make
 * the server unhealthy. Like the command, its text is constant.
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
