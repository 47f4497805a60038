import { dataDirectory } from "./redis-container.ts";

/**
 * How many copies are kept. One an hour: a backup has an hour or more to read the one that was the newest
 * when it began. A backup may count each as data of its own.
 */
const kept = 2;

/**
 * Lines of sh that put a whole copy of the append-only file beside it, in a folder `backup-<time>`, while
 * Redis goes on writing. AWS Backup reads a live file system file by file, and may see them at different
 * times: with a rewrite in between, the manifest names files that are gone
 * (https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html#backup-consistency).
 *
 * The copy is made of hard links, so it takes no time and no room. Redis only appends to the files that a
 * manifest names, or replaces them as a whole, and a linked file outlives a rewrite
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#backing-up-aof-persistence).
 * The file that is appended to grows in the copy as well: whenever it is read, it is a beginning of what
 * Redis wrote, and a Redis that loads it cuts off an unfinished command at its end.
 *
 * A rewrite between reading the manifest and linking leads to another try. Files of the kind `h` are
 * about to be deleted, and are needed by no one.
 */
export function backupCopyCommand(): string[] {
  return ["sh", "-c", lines.join("\n")];
}

const lines = [
  `cd ${dataDirectory} || exit 1`,
  "manifest=appendonlydir/appendonly.aof.manifest",
  '[ -s $manifest ] || { echo "there is no append-only file yet"; exit 0; }',
  "link() {",
  "  rm -rf .backup-new && mkdir -p .backup-new/appendonlydir || return 1",
  "  cp $manifest .backup-new/appendonlydir/ || return 1",
  String.raw`  for name in $(sed -n 's/^file \([^ ]*\) .*type [bi].*/\1/p' .backup-new/$manifest); do`,
  '    ln "appendonlydir/$name" .backup-new/appendonlydir/ 2>/dev/null || return 1',
  "  done",
  "  cmp -s $manifest .backup-new/$manifest",
  "}",
  "tries=0",
  "until link; do",
  "  tries=$((tries + 1))",
  '  [ $tries -lt 10 ] || { echo "no copy in $tries tries: is Redis rewriting all the time?" >&2; exit 1; }',
  "  sleep 1",
  "done",
  // The version of the server that wrote the data belongs to them.
  "[ ! -s .server-version ] || cp .server-version .backup-new/",
  "until name=backup-$(date -u +%Y%m%dT%H%M%SZ); [ ! -e $name ]; do sleep 1; done",
  // A name appears with all that is in it.
  "mv .backup-new $name || exit 1",
  // Names sort as their times do.
  `ls -d backup-* | sort -r | tail -n +${kept + 1} | while read -r old; do rm -r "$old"; done`,
  'echo "$name: $(ls $name/appendonlydir | wc -l) files"',
];
