// For tests: a function that captures `count` records, `atOnce` at a time, and answers with what became of each. `dataBytes` makes their
// inputs long.
package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	capture "inference-capture/clients/go"
)

type event struct {
	Record                   map[string]any
	Count, AtOnce, DataBytes int
}

type result struct {
	EventID  string  `json:"eventId"`
	Accepted bool    `json:"accepted"`
	Reason   string  `json:"reason,omitempty"`
	Code     string  `json:"code,omitempty"`
	Ms       float64 `json:"ms"`
}

func main() {
	lambda.Start(handle)
}

func handle(ctx context.Context, event event) ([]result, error) {
	invocation, _ := lambdacontext.FromContext(ctx)
	event.Record["requestId"] = invocation.AwsRequestID
	if event.DataBytes > 0 {
		event.Record["input"].(map[string]any)["data"] = strings.Repeat("x", event.DataBytes)
	}
	results := make([]result, event.Count)
	turns := make(chan struct{}, event.AtOnce)
	var all sync.WaitGroup
	for i := range results {
		turns <- struct{}{}
		all.Go(func() {
			results[i] = send(event.Record)
			<-turns
		})
	}
	all.Wait()
	return results, nil
}

func send(record map[string]any) result {
	started := time.Now()
	id, err := capture.Send(record)
	ms := float64(time.Since(started).Microseconds()) / 1000
	if err == nil {
		return result{EventID: id, Accepted: true, Ms: ms}
	}
	reason, code, _ := strings.Cut(err.Error(), ": ")
	return result{EventID: id, Reason: reason, Code: code, Ms: ms}
}
