// Fencing: ends a server that has lost the writer lock but still runs. The file system releases the locks of a host
// that did not respond for longer than its lease
// (https://datatracker.ietf.org/doc/html/rfc8881#section-8.4.3). Another server then takes the lock, and when
// the host responds again, its server continues to write.

/**
 * Signal that ends a server that has lost the lock. Redis and Valkey do not handle SIGPROF, so the kernel ends them
 * immediately, as with SIGKILL. The exit code is unique, so the restart policy can exclude it and ECS replaces the
 * task: restarted in place, the server would wait for the lock on a host that has already lost it once.
 */
const ending = "PROF";
/** 128 + 27, the number of SIGPROF on x86 and ARM: signal(7). */
export const endedByFence = 155;

const token = ".writer.token";
const rewrite = ".writer.rewrite";

/**
 * Shell line that writes a mark: the append-only file must be rewritten, and since when. A mark has no hyphen, so it is
 * not mistaken for a token. It is written atomically, because the writer may be killed at any time and an empty mark
 * has no effect.
 */
function mark(dataDirectory: string): string {
  const file = `${dataDirectory}/${rewrite}`;
  return `{ echo "rewrite: $(date +%s%N)" >${file}.new && mv ${file}.new ${file}; }`;
}

/**
 * Shell lines that run after the writer lock is taken. They write a token of the lock's holder to the data folder, and
 * the token and the server's process id to `$mine`. The shell becomes the server, so the process id stays the same.
 *
 * The token is always written to the same file: the health check opens the file again, and NFS checks for changes
 * when a file is opened (close-to-open consistency, nfs(5)).
 *
 * A folder that another container used before is marked: see {@link rewriteAfterTakeover}.
 */
export function writerFence(dataDirectory: string): string {
  const shared = `${dataDirectory}/${token}`;
  return [
    "holder=",
    `[ ! -f ${shared} ] || read -r holder _ <${shared}`,
    'token="$HOSTNAME $(cat /proc/sys/kernel/random/uuid)"',
    `[ "$holder" = "$HOSTNAME" ] || ${mark(dataDirectory)} || exit 75`,
    `echo "$token" >${shared} && printf '%s\\n' "$token" $$ >"$mine/token" || exit 75`,
  ].join("\n");
}

/**
 * Shell lines at the start of the health check. They end the container's server if another one has the lock, even
 * if this server hangs. SIGKILL follows for a server that is stopped or handles SIGPROF. The append-only file may
 * contain writes of both, so the mark tells the other server to rewrite it. The mark is set before the kill, because
 * the check may end together with the container, and again after the last append.
 *
 * If the token cannot be read in time or completely, the storage is slow, and the check continues. `$seen` contains
 * the token, followed by the mark.
 */
export function fence(dataDirectory: string): string {
  const files = `${dataDirectory}/${token} ${dataDirectory}/${rewrite}`;
  return [
    "token= pid= seen=",
    '[ ! -f "$mine/token" ] || {',
    '  { read -r token; read -r pid; } <"$mine/token"',
    `  seen=$(${within(`cat ${files}`)} 2>/dev/null)`,
    "}",
    'case $seen in "$token"*) ;; *" "*-*-*-*-*)',
    `  echo "another server writes ${dataDirectory}: this one ends" 2>/dev/null >>/proc/$pid/fd/2`,
    `  ${within(`sh -c '${mark(dataDirectory)}'`)} 2>/dev/null`,
    `  kill -s ${ending} $pid; kill -9 $pid; ${mark(dataDirectory)}; exit 1;;`,
    "esac",
  ].join("\n");
}

/** Adds a timeout of 2 seconds to a command, for slow storage. EFS usually opens a file in milliseconds. */
const within = (command: string): string => `timeout --foreground -s KILL 2 ${command}`;

/**
 * Shell lines for the health check, after a PONG. If another container used the folder before, or a server was fenced,
 * the append-only file may contain writes of two servers. A rewrite replaces it with the memory of this server: new
 * commands immediately go to another file, so later appends of the other server to the old file are ignored. The mark
 * is removed after a successful rewrite, unless another server has set it again meanwhile.
 */
export function rewriteAfterTakeover(dataDirectory: string): string {
  const asked = '"$mine/rewriting"';
  return [
    `case $([ -f ${asked} ] && redis-cli info persistence) in`,
    "  *aof_rewrite_in_progress:1* | *aof_rewrite_scheduled:1*) ;;",
    `  *aof_last_bgrewrite_status:ok*)`,
    `    [ "$(cat ${asked})" != "$seen" ] || rm -f ${dataDirectory}/${rewrite}; rm -f ${asked};;`,
    `  *) rm -f ${asked}; case $seen in *rewrite:*)`,
    `    case $(redis-cli bgrewriteaof) in *started* | *scheduled*) echo "$seen" >${asked};; esac;;`,
    "  esac;;",
    "esac",
  ].join("\n");
}
