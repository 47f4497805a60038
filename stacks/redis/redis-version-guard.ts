/** Where a server says which version has written the data last: `Redis 8 0`. */
const record = ".server-version";

/**
 * Lines of sh that end the container before a server of the wrong version touches the data. A newer
 * one moves them on without a word to a format that no older one reads, nor Valkey that of Redis 7.4
 * and later; and a tag or digest does not tell it: an image's name is checked when the environment
 * is built, what is inside it only here.
 *
 * It goes between the writer lock and the server: nobody else writes meanwhile. A later minor
 * version may start, an earlier one not, a later major version only if it is the one named. An empty
 * folder takes any version. Exit 78 is EX_CONFIG; the reason is in the log.
 *
 * @param majorVersion what the environment allows data to be moved on to
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
