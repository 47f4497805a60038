import { dataDirectory } from "./redis-container.ts";

/**
 * Number of copies to keep. With one copy per hour, a backup has at least an hour to read the copy that was the newest
 * at its start. A backup may be billed for each copy.
 */
const kept = 2;

/**
 * Shell script that makes a complete copy of the append-only file in a folder `backup-<time>` while Redis is writing.
 * AWS Backup reads the files of a live file system one after the other. After a rewrite in between, the manifest
 * in the backup would name files that are missing
 * (https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html#backup-consistency).
 *
 * The copy consists of hard links, so it takes no time and no space. Redis only appends to the files in a manifest or
 * replaces them as a whole, and a linked file survives a rewrite
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#backing-up-aof-persistence).
 * The last file also grows in the copy. At any time it contains a prefix of the commands that Redis wrote, and
 * when Redis loads it, it truncates an incomplete command at the end.
 *
 * If a rewrite happens between reading the manifest and linking, the script tries again. Files of type `h` are about
 * to be deleted and are not needed.
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
  "until name=backup-$(date -u +%Y%m%dT%H%M%SZ); [ ! -e $name ]; do sleep 1; done",
  // The rename makes the copy visible only when it is complete.
  "mv .backup-new $name || exit 1",
  // Sorting by name is sorting by time.
  `ls -d backup-* | sort -r | tail -n +${kept + 1} | while read -r old; do rm -r "$old"; done`,
  'echo "$name: $(ls $name/appendonlydir | wc -l) files"',
];
