/** File with the version of the last server that used the data: `Redis 8 0`. */
const record = ".server-version";

/**
 * Shell lines that end the container before a server of the wrong version uses the data. A newer server silently
 * upgrades the data to a format that older ones cannot read, and Valkey cannot read the data of Redis 7.4 and later.
 * Synthesis checks the version in the image's tag, but a tag or digest may not show it.
 *
 * The lines run after the writer lock is taken, so no other server writes. A later minor version may start, an
 * earlier one may not, and a later major version only if it is `$SERVER_MAJOR_VERSION`. In an empty folder, any version
 * may start. Data without a record is from an older setup, or an operator removed the record: a server up to
 * `$SERVER_MAJOR_VERSION` may start, and logs this. With an unreadable record no server starts. Exit code 78 is
 * EX_CONFIG; the reason is in the log.
 *
 * The server's version is only noted in `$mine`. {@link recordVersion} records it after the server has replied:
 * otherwise, a version that cannot start would lock out the working one.
 */
export function versionGuard(dataDirectory: string): string {
  const file = `${dataDirectory}/${record}`;
  // $1 $2 $3 are the name, major and minor version of this server, $4 $5 $6 those of the last one.
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
 * Shell line for the health check, after a PONG. It renames a file, which is atomic even if the host fails. It is part
 * of the health check because a background process of the start script would inherit descriptor 9, and keep the
 * writer lock after the server ends.
 */
export function recordVersion(dataDirectory: string): string {
  const file = `${dataDirectory}/${record}`;
  const note = '"$mine/version"';
  return `[ ! -f ${note} ] || { cp ${note} ${file}.new && mv ${file}.new ${file} && rm ${note}; }`;
}

/**
 * Command of a one-off task that removes the record. It cannot be done in the container of a refused server, which
 * ends. The command takes the writer lock, so no server runs meanwhile. It stops waiting before the restart policy
 * would restart it: otherwise, it could remove the record later, when no one expects it.
 */
export function resetVersion(dataDirectory: string): string[] {
  const file = `${dataDirectory}/${record}`;
  return ["flock", "-w", "30", `${dataDirectory}/.writer.lock`, "rm", "-f", file];
}
