import { dataDirectory } from "./redis-container.ts";
import { ownFolder } from "./redis-own-folder.ts";
import { recordVersion } from "./redis-version-guard.ts";
import { fence, rewriteAfterTakeover } from "./redis-writer-fence.ts";

/**
 * Healthy is a server that answers, even if only that it is still loading. `redis-cli ping` alone exits
 * 0 with a wrong password, and `redis-cli -e ping` exits 1 while loading, which would kill a Redis
 * with much data. Clients find out whether it is ready. The password comes from REDISCLI_AUTH.
 *
 * Before that it ends a server that has lost the writer lock. After a PONG it records the version, and
 * has the append-only file rewritten where that is due; neither makes the server unhealthy.
 */
export const redisHealthCheck = [
  ownFolder,
  fence(dataDirectory),
  "case $(redis-cli ping 2>/dev/null) in PONG*) ;; LOADING*) exit 0;; *) exit 1;; esac",
  recordVersion(dataDirectory),
  rewriteAfterTakeover(dataDirectory),
  "exit 0",
].join("\n");
