# Execs a program, and keeps a table of how much of each file is on disk, not counting the page cache.
#
#   perl -e "$THIS" COMMAND [ARGUMENT...]    descriptor 3 is the table, open for reading and writing
#
# A line of the table is `INODE BIRTH LENGTH`; it is updated in place. LENGTH is the file's length at the
# start of the last completed fsync or fdatasync, because data written after its start are not part of it.
# Before the first sync it is the length at which the program opened the file for writing. BIRTH, in ns,
# distinguishes a file from a later one with the same inode.
#
# The kernel hands these three system calls to a supervisor: seccomp_unotify(2). It needs no privileges, no
# compiler, and only the package perl-base, which every Debian has. The supervisor syncs the file for the
# program; the program opens files itself. The supervisor has its own process group, so that a program that is
# stopped (SIGSTOP) ends its system call first. It is killed when the program ends.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :seek);
use POSIX ();

my $machine = (POSIX::uname())[4];
my $NUMBERS = {
  x86_64  => { fsync => 74, fdatasync => 75, openat => 257, prctl => 157, seccomp => 317, statx => 332 },
  aarch64 => { fsync => 82, fdatasync => 83, openat => 56,  prctl => 167, seccomp => 277, statx => 291 },
}->{$machine} or fail("no system call numbers for $machine");
my %NUMBER = (%$NUMBERS, pidfd_open => 434, pidfd_getfd => 438);

my $PR_SET_PDEATHSIG = 1;
my $PR_SET_NO_NEW_PRIVS = 38;
my $PR_SET_PTRACER = 0x59616d61;
my $SECCOMP_SET_MODE_FILTER = 1;
# SECCOMP_FILTER_FLAG_NEW_LISTENER, and WAIT_KILLABLE_RECV (Linux 5.19): a signal such as SIGTERM does not
# interrupt a sync that the supervisor has started, as it does not interrupt a real one. In the microseconds
# before that, it does (EINTR).
my $FILTER_FLAGS = 8 | 32;
my $RECEIVE = 0xC0502100;
my $SEND = 0xC0182101;
my $SET_FLAGS = 0x40082104;
# The program hands its CPU to the supervisor.
my $SYNC_WAKE_UP = 1;
my $CONTINUE = 1;
my $LINE = "%20d %20d %20d\n";
my $LINE_LENGTH = 63;
my $AT_FDCWD = -100;
my $AT_EMPTY_PATH = 0x1000;
my $STATX_BASIC_STATS_AND_BTIME = 0xfff;

my ($table, %places);

pipe(my $from_program, my $to_supervisor) && pipe(my $released, my $release) or fail("pipe: $!");
my $program = $$;
my $supervisor = fork() // fail("fork: $!");
if ($supervisor) { become_program() } else { supervise() }

sub fail { print STDERR "record-syncs: $_[0]\n"; POSIX::_exit(125) }

sub call {
  my ($name, @arguments) = @_;
  my $result = syscall($NUMBER{$name}, @arguments);
  fail("$name: $!") if $result < 0;
  return $result;
}

sub become_program {
  close $from_program;
  close $release;
  call('prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  # Required if Yama allows only parents to read a process; without Yama it fails.
  syscall($NUMBER{prctl}, $PR_SET_PTRACER, $supervisor, 0, 0, 0);
  my $filter = filter();
  my $listener = call('seccomp', $SECCOMP_SET_MODE_FILTER, $FILTER_FLAGS, pack('S x6 P', length($filter) / 8, $filter));
  syswrite($to_supervisor, pack('l', $listener));
  sysread($released, my $word, 1) or fail('the supervisor has ended');
  POSIX::close(3);
  delete $ENV{PERL_BADLANG};
  { no warnings 'exec'; exec { $ARGV[0] } @ARGV }
  print STDERR "$ARGV[0]: $!\n";
  POSIX::_exit(127);
}

# Notifies of fsync, of fdatasync, and of openat for writing; allows all other calls.
sub filter {
  my ($load, $equal, $any_bit, $return) = (0x20, 0x15, 0x45, 0x06);
  my ($number, $flags) = (0, 32);
  return join '', map { pack('S C C L', @$_) } (
    [$load, 0, 0, $number],
    [$equal, 5, 0, $NUMBER{fsync}],
    [$equal, 4, 0, $NUMBER{fdatasync}],
    [$equal, 0, 2, $NUMBER{openat}],
    [$load, 0, 0, $flags],
    [$any_bit, 1, 0, O_WRONLY | O_RDWR],
    [$return, 0, 0, 0x7fff0000],
    [$return, 0, 0, 0x7fc00000],
  );
}

sub supervise {
  close $to_supervisor;
  close $released;
  call('prctl', $PR_SET_PDEATHSIG, POSIX::SIGKILL(), 0, 0, 0);
  setpgrp();
  open($table, '+<&=', 3) or fail("no table at descriptor 3: $!");
  # End of file: the program has ended before it sent the descriptor.
  sysread($from_program, my $number, 4) or POSIX::_exit(0);
  my $pidfd = call('pidfd_open', $program, 0);
  my $descriptor = call('pidfd_getfd', $pidfd, unpack('l', $number), 0);
  open(my $listener, '+<&=', $descriptor) or fail("listener: $!");
  # Works from Linux 6.6 on; before that it fails.
  ioctl($listener, $SET_FLAGS, $SYNC_WAKE_UP);
  syswrite($release, '.');
  close $release;
  serve($listener) while 1;
}

sub serve {
  my ($listener) = @_;
  my $request = "\0" x 80;
  # The program may have been killed.
  ioctl($listener, $RECEIVE, $request) or return;
  my ($id, $pid, $number, @arguments) = unpack('Q L x4 l x4 x8 Q6', $request);
  my ($error, $flags) = (0, $CONTINUE);
  if ($number == $NUMBER{openat}) { note_opened($pid, @arguments) }
  elsif (sysopen(my $file, "/proc/$pid/fd/$arguments[0]", O_RDONLY)) {
    my @file = look_at(fileno($file), '');
    $flags = 0;
    if (syscall($number, fileno($file)) == 0) { note(@file) }
    else { $error = -$! }
  }
  ioctl($listener, $SEND, pack('Q q l L', $id, 0, $error, $flags));
}

# A file that the program creates has no line until it is synced.
sub note_opened {
  my ($pid, $folder, $address, $flags) = @_;
  my $path = text_at($pid, $address) // return;
  my $at = unpack('l', pack('L', $folder & 0xffffffff));
  $path = "/proc/$pid/" . ($at == $AT_FDCWD ? 'cwd' : "fd/$at") . "/$path" if $path !~ m{^/};
  my ($inode, $birth, $length) = look_at($AT_FDCWD, $path) or return;
  note($inode, $birth, $flags & O_TRUNC ? 0 : $length) if !exists $places{"$inode $birth"};
}

# Inode, birth and length of a file.
sub look_at {
  my ($descriptor, $path) = @_;
  my $answer = "\0" x 256;
  syscall($NUMBER{statx}, $descriptor, $path, $AT_EMPTY_PATH, $STATX_BASIC_STATS_AND_BTIME, $answer) == 0 or return;
  my ($inode, $length, $seconds, $nanoseconds) = unpack('x32 Q Q x32 q L', $answer);
  return ($inode, $seconds * 1_000_000_000 + $nanoseconds, $length);
}

# A string in the program's memory; it may extend into the next page.
sub text_at {
  my ($pid, $address) = @_;
  sysopen(my $memory, "/proc/$pid/mem", O_RDONLY) or return;
  sysseek($memory, $address, SEEK_SET);
  sysread($memory, my $text, 4096 - $address % 4096) or return;
  sysread($memory, $text, 4096, length $text) if $text !~ /\0/;
  return unpack('Z*', $text);
}

sub note {
  my ($inode, $birth, $length) = @_;
  my $file = "$inode $birth";
  $places{$file} = keys %places if !exists $places{$file};
  sysseek($table, $places{$file} * $LINE_LENGTH, SEEK_SET);
  syswrite($table, sprintf($LINE, $inode, $birth, $length));
}
