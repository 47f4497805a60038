// The clients in Go: `programs go-redis|rueidis|redigo`. Ten times a second each counts one up, and reads it back.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const interval = 100 * time.Millisecond

// Where to connect, and how: `a`, `hook` or `forward`.
var (
	address = net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))
	name    = os.Getenv("NAME")
	isHook  = os.Getenv("WAY") == "hook"
	isGuide = os.Getenv("SETTINGS") == "guide"
)

// operation counts key up and reads it.
type operation func(ctx context.Context, key string) (written, read int64, err error)

var clients = map[string]func() operation{"go-redis": goRedis, "rueidis": rueidisClient, "redigo": redigo}

func main() {
	go endWithStandardInput()
	operate := clients[os.Args[1]]()
	for number := 0; ; number++ {
		begin := time.Now()
		outcome := "ok"
		written, read, err := operate(context.Background(), "op:"+strconv.Itoa(number))
		if err != nil {
			outcome = strings.Join(strings.Fields(err.Error()), " ")
		} else if written != read {
			outcome = fmt.Sprintf("read %d, not %d", read, written)
		}
		fmt.Println(number, begin.UnixMilli(), time.Now().UnixMilli(), outcome)
		time.Sleep(time.Until(begin.Add(interval)))
	}
}

func endWithStandardInput() {
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
	}
	os.Exit(0)
}

var resolver = &net.Resolver{
	PreferGo: true,
	Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, os.Getenv("DNS"))
	},
}

// dialSRV looks the SRV record up at each connect, and dials the first target.
func dialSRV(ctx context.Context, _, _ string) (net.Conn, error) {
	_, records, err := resolver.LookupSRV(ctx, "", "", name)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: 5 * time.Second, Resolver: resolver}
	port := strconv.Itoa(int(records[0].Port))
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(records[0].Target, port))
}
