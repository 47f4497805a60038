package main

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/redis/rueidis"
)

// https://github.com/redis/rueidis: a context with a deadline for each command.
func rueidisClient() operation {
	options := rueidis.ClientOption{InitAddress: []string{address}, DisableCache: true}
	if isHook {
		options.DialCtxFn = func(ctx context.Context, to string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return dialSRV(ctx, "tcp", to)
		}
	}
	client, err := rueidis.NewClient(options)
	if err != nil {
		panic(err)
	}
	return func(ctx context.Context, key string) (int64, int64, error) {
		if isGuide {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
		}
		written, err := client.Do(ctx, client.B().Incr().Key(key).Build()).AsInt64()
		if err != nil {
			return 0, 0, err
		}
		read, err := client.Do(ctx, client.B().Get().Key(key).Build()).AsInt64()
		return written, read, err
	}
}
