package main

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// https://redis.io/docs/latest/develop/clients/go/produsage/
func goRedis() operation {
	options := &redis.Options{Addr: address}
	if isGuide {
		options.MinRetryBackoff = 10 * time.Millisecond
		options.MaxRetryBackoff = 100 * time.Millisecond
		options.MaxRetries = 5
		options.DialTimeout = 10 * time.Second
		options.ReadTimeout = 5 * time.Second
		options.WriteTimeout = 5 * time.Second
	}
	if isHook {
		options.Dialer = dialSRV
	}
	client := redis.NewClient(options)
	return func(ctx context.Context, key string) (int64, int64, error) {
		written, err := client.Incr(ctx, key).Result()
		if err != nil {
			return 0, 0, err
		}
		read, err := client.Get(ctx, key).Int64()
		return written, read, err
	}
}
