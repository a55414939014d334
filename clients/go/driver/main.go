// The driver lets the tests use the client: driver PORT TIMEOUT_MS. Each line on stdin is {"records": [...], "atOnce": k}: it sends the records
// with k goroutines, and prints the results as one JSON array, in the order of the records.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	capture "inference-capture/clients/go"
)

type line struct {
	Records []map[string]any `json:"records"`
	AtOnce  int              `json:"atOnce"`
}

type timed struct {
	capture.Result
	Ms float64 `json:"ms"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: driver PORT TIMEOUT_MS")
	}
	port, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	timeoutMs, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	client := capture.New(port, time.Duration(timeoutMs)*time.Millisecond)
	lines := json.NewDecoder(bufio.NewReader(os.Stdin))
	lines.UseNumber() // numbers go out as they came in
	results := json.NewEncoder(os.Stdout)
	for {
		var next line
		if err := lines.Decode(&next); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := results.Encode(sendAll(client, next)); err != nil {
			return err
		}
	}
}

func sendAll(client *capture.Client, next line) []timed {
	results := make([]timed, len(next.Records))
	indexes := make(chan int)
	var workers sync.WaitGroup
	for i := 0; i < max(1, next.AtOnce); i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for index := range indexes {
				started := time.Now()
				result := client.Send(next.Records[index])
				results[index] = timed{result, float64(time.Since(started).Microseconds()) / 1000}
			}
		}()
	}
	for index := range next.Records {
		indexes <- index
	}
	close(indexes)
	workers.Wait()
	return results
}
