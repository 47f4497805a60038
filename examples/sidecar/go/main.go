// Counts in Redis twenty times per second, and prints each count. The first argument is the socket of
// `srv-dialer forward`, which looks up the SRV records. REDIS_PASSWORD is Redis' password.
//
// It uses only the standard library. In your own program, use a Redis client such as go-redis with
// Options{Network: "unix", Addr: socket}, which reconnects automatically.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

const (
	pause = 50 * time.Millisecond
	// Timeout of a command, so that the program does not wait forever while Redis is down.
	timeout = 5 * time.Second
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: counter SOCKET")
		os.Exit(2)
	}
	for {
		err := count(os.Args[1], os.Getenv("REDIS_PASSWORD"))
		fmt.Fprintln(os.Stderr, "reconnecting:", err)
		time.Sleep(10 * pause)
	}
}

// count counts until its connection fails.
func count(socket, password string) error {
	conn, err := net.DialTimeout("unix", socket, timeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	replies := bufio.NewReader(conn)
	if password != "" {
		if _, err := call(conn, replies, "AUTH", password); err != nil {
			return err
		}
	}
	for {
		reply, err := call(conn, replies, "INCR", "count")
		if err != nil {
			return err
		}
		fmt.Println(reply)
		time.Sleep(pause)
	}
}

// call sends a command and reads its reply of one line (https://redis.io/docs/latest/develop/reference/protocol-spec/).
func call(conn net.Conn, replies *bufio.Reader, words ...string) (string, error) {
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return "", err
	}
	command := fmt.Sprintf("*%d\r\n", len(words))
	for _, word := range words {
		command += fmt.Sprintf("$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := conn.Write([]byte(command)); err != nil {
		return "", err
	}
	line, err := replies.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if strings.HasPrefix(line, "-") {
		return "", fmt.Errorf("Redis replied: %s", line[1:])
	}
	return line[1:], nil
}
