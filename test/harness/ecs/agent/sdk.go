// An unmodified program with the AWS SDK for Go: everything comes from its environment. It prints what it finds, as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/servicediscovery"
	"github.com/aws/smithy-go"
)

func main() {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fail(err)
	}
	client := servicediscovery.NewFromConfig(settings)
	report := map[string]any{
		"region":      settings.Region,
		"credentials": credentials(ctx, settings),
		"instances":   instances(ctx, client),
		"refused":     refused(ctx, client),
		"container":   read(os.Getenv("ECS_CONTAINER_METADATA_URI_V4")),
		"task":        read(os.Getenv("ECS_CONTAINER_METADATA_URI_V4") + "/task"),
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		fail(err)
	}
	// A task that ends is replaced.
	time.Sleep(10 * time.Minute)
}

func credentials(ctx context.Context, settings aws.Config) any {
	found, err := settings.Credentials.Retrieve(ctx)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	return map[string]any{"key": found.AccessKeyID, "token": found.SessionToken}
}

func instances(ctx context.Context, client *servicediscovery.Client) any {
	found, err := client.DiscoverInstances(ctx, &servicediscovery.DiscoverInstancesInput{
		NamespaceName: aws.String("test-ecs"),
		ServiceName:   aws.String("test-redis"),
	})
	if err != nil {
		return err.Error()
	}
	all := []map[string]string{}
	for _, instance := range found.Instances {
		all = append(all, instance.Attributes)
	}
	return all
}

// refused has the error of a call that the local ECS does not answer.
func refused(ctx context.Context, client *servicediscovery.Client) any {
	_, err := client.ListServices(ctx, &servicediscovery.ListServicesInput{})
	var refusal smithy.APIError
	if !errors.As(err, &refusal) {
		return fmt.Sprint(err)
	}
	var tired *retry.MaxAttemptsError
	return map[string]any{"code": refusal.ErrorCode(), "retried": errors.As(err, &tired)}
}

func read(url string) any {
	reply, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer reply.Body.Close()
	var document any
	if err := json.NewDecoder(reply.Body).Decode(&document); err != nil {
		return err.Error()
	}
	return document
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
