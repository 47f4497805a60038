// The original dialer: it looks up the SRV records and dials the first target. It connects as often as the
// benchmark requests, and answers calls as processes/serve.ts does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// Deadline of every dial, the same for all contestants.
const timeout = 10 * time.Second

// Between two connects, as in processes/connects.ts.
const settling = 200 * time.Microsecond

type call struct {
	ID       int             `json:"id"`
	Method   string          `json:"method"`
	Argument json.RawMessage `json:"argument"`
}

type reply struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

type preparation struct {
	Destination struct {
		Servers []string `json:"servers"`
		Name    string   `json:"name"`
	} `json:"destination"`
}

type original struct {
	name     string
	resolver *net.Resolver
}

func newOriginal(argument json.RawMessage) (*original, error) {
	var given preparation
	if err := json.Unmarshal(argument, &given); err != nil {
		return nil, err
	}
	server := given.Destination.Servers[0]
	return &original{
		name: given.Destination.Name,
		resolver: &net.Resolver{
			PreferGo: true,
			// Queries the benchmark's server, not those in resolv.conf.
			Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				var dialer net.Dialer
				return dialer.DialContext(ctx, network, server)
			},
		},
	}, nil
}

func (o *original) dial() (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	_, records, err := o.resolver.LookupSRV(ctx, "", "", o.name)
	if err != nil {
		return nil, err
	}
	first := records[0]
	dialer := net.Dialer{Resolver: o.resolver}
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(first.Target, strconv.Itoa(int(first.Port))))
}

// connect dials several times in sequence, and returns the microseconds of each dial.
func (o *original) connect(argument json.RawMessage) ([]float64, error) {
	var count int
	if err := json.Unmarshal(argument, &count); err != nil {
		return nil, err
	}
	times := make([]float64, 0, count)
	for range count {
		started := time.Now()
		connection, err := o.dial()
		if err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(started))/float64(time.Microsecond))
		reset(connection)
	}
	return times, nil
}

// reset ends a connection by RST, and waits until the server has closed it too.
func reset(connection net.Conn) {
	_ = connection.(*net.TCPConn).SetLinger(0)
	_ = connection.Close()
	for quiet := time.Now().Add(settling); time.Now().Before(quiet); {
		// Busy wait, as in the Node.js contestants: a sleeping core wakes up slowly.
	}
}

func main() {
	descriptor, err := strconv.Atoi(os.Getenv("NODE_CHANNEL_FD"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "NODE_CHANNEL_FD is not set: only npm run bench can start this program")
		os.Exit(2)
	}
	channel := os.NewFile(uintptr(descriptor), "channel")
	answers := json.NewEncoder(channel)
	var dialer *original
	// Ends with the process that started it.
	for lines := bufio.NewScanner(channel); lines.Scan(); {
		var asked call
		answer := reply{}
		err := json.Unmarshal(lines.Bytes(), &asked)
		answer.ID = asked.ID
		switch {
		case err != nil:
		case asked.Method == "prepare":
			dialer, err = newOriginal(asked.Argument)
		case asked.Method == "connect":
			answer.Result, err = dialer.connect(asked.Argument)
		default:
			err = fmt.Errorf("no method %s", asked.Method)
		}
		if err != nil {
			answer.Result, answer.Error = nil, err.Error()
		}
		if answers.Encode(answer) != nil {
			return
		}
	}
}
