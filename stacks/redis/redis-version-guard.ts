/** File with the version of the last server that answered on the data: `Redis 8 0`. */
const record = ".server-version";

/**
 * Lines of sh that end the container before a server of the wrong version touches the data. A newer
 * server silently upgrades the data to a format that no older one reads, and Valkey does not read that
 * of Redis 7.4 and later. A tag or digest may not show the version: the image's name is checked at
 * synth, its content only here.
 *
 * It runs between the writer lock and the server: no other server writes then. A later minor version
 * may start, an earlier one may not, and a later major version only if it is `$SERVER_MAJOR_VERSION`. An empty
 * folder takes any version. Data without a record were written before there was one, by an older setup
 * or until an operator reset it: a server up to `$SERVER_MAJOR_VERSION` takes them over, and says so. A record
 * that cannot be read protects as a record does. Exit 78 is EX_CONFIG; the reason is in the log.
 *
 * The server's own version is only noted in `$mine`: {@link recordVersion} records it once this server
 * has answered. Recorded sooner, a version that never starts would lock out the one that does.
 */
export function versionGuard(dataDirectory: string): string {
  const file = `${dataDirectory}/${record}`;
  // $1 $2 $3 are name, major and minor version of this server, $4 $5 $6 those of the last one.
  return [
    'refuse() { echo "$1" >&2; exit 78; }',
    "says=$(redis-server --version)",
    String.raw`version=$(echo "$says" | sed -n 's/^\([A-Za-z]*\) server v=\([0-9]*\)\.\([0-9]*\).*/\1 \2 \3/p')`,
    "set -- $version",
    '[ $# = 3 ] || refuse "no version of this server is known: redis-server --version says \\"$says\\""',
    'this="$1 $2.$3"',
    `if [ -e ${file} ]; then`,
    `  set -- $version $(cat ${file})`,
    `  [ $# = 6 ] && grep -qxE '[A-Za-z]+ [0-9]+ [0-9]+' ${file} ||`,
    `    refuse "${file} does not say which server wrote the data: docs/operations.md tells how to reset it"`,
    '  last="$4 $5.$6"',
    '  [ "$1" = "$4" ] && [ $(($2 * 1000 + $3)) -ge $(($5 * 1000 + $6)) ] ||',
    `    refuse "$this may not read what $last wrote: run $last, restore a backup, or remove ${file} to try"`,
    '  [ "$2" = "$5" ] || [ "$2" = "$SERVER_MAJOR_VERSION" ] ||',
    '    refuse "$this would move the data of $last on for good: back up, then set the major version to $2: redis.majorVersion, in the module major_version"',
    `elif [ -e ${dataDirectory}/appendonlydir ] || [ -e ${dataDirectory}/appendonly.aof ]; then`,
    '  [ "$2" -le "$SERVER_MAJOR_VERSION" ] ||',
    '    refuse "$this may move data of an unknown version on for good: back up, then set the major version to $2: redis.majorVersion, in the module major_version"',
    `  echo "$this takes over data without ${file}" >&2`,
    "fi",
    'echo "$version" >"$mine/version"',
  ].join("\n");
}

/**
 * A line of sh for the health check, once the server has answered with PONG. A rename is whole or has
 * not happened, whenever the host goes down. The health check is the one that asks the server anyway; a
 * child of the start would hold the writer lock with descriptor 9, and outlive what it waits for.
 */
export function recordVersion(dataDirectory: string): string {
  const file = `${dataDirectory}/${record}`;
  const note = '"$mine/version"';
  return `[ ! -f ${note} ] || { cp ${note} ${file}.new && mv ${file}.new ${file} && rm ${note}; }`;
}

/**
 * What removes the record, as the command of a one-off task: the container of a server that was refused
 * ends, so no one can do it there. It takes the writer lock: no server runs meanwhile. It gives up sooner
 * than the task's restart policy begins to restart it: restarted, it would remove the record later, behind
 * the back of the person who started it.
 */
export function resetVersion(dataDirectory: string): string[] {
  const file = `${dataDirectory}/${record}`;
  return ["flock", "-w", "30", `${dataDirectory}/.writer.lock`, "rm", "-f", file];
}
