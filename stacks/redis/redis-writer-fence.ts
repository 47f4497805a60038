// The fence against a server that has lost the writer lock without an end of its own. The file system
// drops the locks of a host that was silent for longer than its lease
// (https://datatracker.ietf.org/doc/html/rfc8881#section-8.4.3). Another server takes the lock, and when
// the host comes back, its server goes on writing.

/**
 * What ends a server that has lost the lock. The kernel ends it at once, as with SIGKILL: Redis and Valkey
 * handle every signal that they use, and SIGPROF is none of them. So the exit code says who has sent it, and
 * the restart policy leaves such a container to ECS: started again in place, the server would wait for the
 * lock, on a host that has lost it once.
 */
const ending = "PROF";
/** 128 + 27, the number of SIGPROF on x86 and ARM: signal(7). */
export const endedByFence = 155;

const token = ".writer.token";
const rewrite = ".writer.rewrite";

/**
 * Says that the append-only file is to be rewritten, and since when. It is no token: it has no hyphen. It is
 * there as a whole or not at all: its writer may be killed at any moment, and an empty mark asks for
 * nothing.
 */
function mark(dataDirectory: string): string {
  const file = `${dataDirectory}/${rewrite}`;
  return `{ echo "rewrite: $(date +%s%N)" >${file}.new && mv ${file}.new ${file}; }`;
}

/**
 * Lines of sh between the writer lock and the server. They write who holds the lock into the folder of
 * the data, and the same with the server's process into `$mine`: the shell becomes the server, so its
 * process id stays.
 *
 * The token is written in place, into one and the same file: the health check opens it again, and NFS
 * asks the server for changes of a file when it is opened (close-to-open, nfs(5)).
 *
 * A folder that comes from another container is marked: see {@link rewriteAfterTakeover}.
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
 * Lines of sh at the start of the health check: they end the container's own server when another one has
 * the lock, even one that hangs, and nothing more is appended to the file. SIGKILL follows for one that is
 * stopped, or takes SIGPROF for itself. The file may hold what both have written: the mark tells the other
 * one. It is set before, since this check may end with the server's container, and once more after the last
 * append.
 *
 * A token that cannot be read in time, or not as a whole, is slow storage: the check goes on. `$seen` has
 * the token, and the mark behind it.
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

/** A command that slow storage must not hold up: 2 seconds, and EFS opens a file in some milliseconds. */
const within = (command: string): string => `timeout --foreground -s KILL 2 ${command}`;

/**
 * Lines of sh for the health check, once the server has answered with PONG. Where the folder came from
 * another container, or a server has ended behind the fence, the append-only file may hold what two have
 * written. A rewrite replaces it by the memory of this one: new commands go to another file at once, and
 * what a late server still appends to the old one is ignored. The mark stays until a rewrite has succeeded,
 * and longer where another server has set it meanwhile.
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
