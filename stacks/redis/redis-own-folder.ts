/**
 * A line of sh that sets `$mine`: a folder of the container's own, in memory, where the start of the
 * server leaves notes for the health check. Folders of the data are shared with other containers.
 *
 * A container has a /tmp of its own. Where containers are processes of one machine, TMPDIR tells them
 * apart. (`$` before a brace would be a reference for Terraform.)
 */
export const ownFolder = 'mine=$TMPDIR; [ "$mine" ] || mine=/tmp; mine=$mine/redis-notes';
