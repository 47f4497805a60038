package main

import (
	"context"
	"time"

	"github.com/gomodule/redigo/redis"
)

// https://pkg.go.dev/github.com/gomodule/redigo/redis#Pool
func redigo() operation {
	pool := &redis.Pool{MaxIdle: 3, IdleTimeout: 240 * time.Second}
	timeouts := []redis.DialOption{}
	if isGuide {
		timeouts = append(timeouts, redis.DialConnectTimeout(5*time.Second), redis.DialReadTimeout(5*time.Second), redis.DialWriteTimeout(5*time.Second))
		pool.TestOnBorrow = func(connection redis.Conn, since time.Time) error {
			if time.Since(since) < time.Minute {
				return nil
			}
			_, err := connection.Do("PING")
			return err
		}
	}
	if isHook {
		timeouts = append(timeouts, redis.DialContextFunc(dialSRV))
	}
	pool.DialContext = func(ctx context.Context) (redis.Conn, error) {
		return redis.DialContext(ctx, "tcp", address, timeouts...)
	}
	return func(ctx context.Context, key string) (int64, int64, error) {
		connection, err := pool.GetContext(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer connection.Close()
		written, err := redis.Int64(connection.Do("INCR", key))
		if err != nil {
			return 0, 0, err
		}
		read, err := redis.Int64(connection.Do("GET", key))
		return written, read, err
	}
}
