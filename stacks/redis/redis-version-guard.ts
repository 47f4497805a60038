/** File with the version of the last server that wrote the data: `Redis 8 0`. */
const record = ".server-version";

/**
 * Lines of sh that end the container before a server of the wrong version touches the data. A newer
 * server silently upgrades the data to a format that no older one reads, and Valkey does not read that
 * of Redis 7.4 and later. A tag or digest may not show the version: the image's name is checked at
 * synth, its content only here.
 *
 * It runs between the writer lock and the server: no other server writes then. A later minor version
 * may start, an earlier one may not, and a later major version only if it is `majorVersion`. An empty
 * folder takes any version. Exit 78 is EX_CONFIG; the reason is in the log.
 *
 * @param majorVersion the version that the environment allows an upgrade to
 */
export function versionGuard(dataDirectory: string, majorVersion: number): string {
  const file = `${dataDirectory}/${record}`;
  // $1 $2 $3 are name, major and minor version of this server, $4 $5 $6 those of the last one.
  return [
    String.raw`own=$(redis-server --version | sed -n 's/^\([A-Za-z]*\) server v=\([0-9]*\)\.\([0-9]*\).*/\1 \2 \3/p')`,
    `set -- $own $(cat ${file} 2>/dev/null)`,
    'refuse() { echo "$1" >&2; exit 78; }',
    "if [ $# = 6 ]; then",
    '  this="$1 $2.$3" last="$4 $5.$6"',
    '  [ "$1" = "$4" ] && [ $(($2 * 1000 + $3)) -ge $(($5 * 1000 + $6)) ] ||',
    `    refuse "$this may not read what $last wrote: run $last, restore a backup, or remove ${file} to try"`,
    `  [ "$2" = "$5" ] || [ "$2" = ${majorVersion} ] ||`,
    '    refuse "$this would move the data of $last on for good: back up, then set redis.majorVersion: $2"',
    "fi",
    `echo "$own" >${file}`,
  ].join("\n");
}
