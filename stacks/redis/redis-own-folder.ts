/**
 * Shell line that sets `$mine` to a private folder of the container, in memory. The start script leaves notes for the
 * health check there. The data folder is shared with other containers.
 *
 * Each container has its own /tmp. If containers run as processes on one machine, they have different TMPDIRs. (The line
 * avoids `$` before a brace, which Terraform would read as a reference.)
 */
export const ownFolder = 'mine=$TMPDIR; [ "$mine" ] || mine=/tmp; mine=$mine/redis-notes';
