// Package capture hands the records of a function to the extension beside it: see docs/wire-protocol.md.
package capture

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// Result tells what became of a record. Reason: timeout, unreachable, rejected (Code says why), too_large, invalid or skipped.
type Result struct {
	EventID  string `json:"eventId"`
	Accepted bool   `json:"accepted"`
	Reason   string `json:"reason,omitempty"`
	Code     string `json:"code,omitempty"`
}

// Client keeps at most four connections alive. Any number of goroutines may use it at once.
type Client struct {
	url       string
	timeout   time.Duration
	transport *http.Transport
	mu        sync.Mutex
	failures  int       // in a row
	settled   time.Time // when the last answer came, or the last failure that counts
}

// New makes a client. Port 0 is CAPTURE_PORT or 2772; timeout 0 is 250 ms.
func New(port int, timeout time.Duration) *Client {
	usual := 2772
	fmt.Sscan(os.Getenv("CAPTURE_PORT"), &usual)
	transport := &http.Transport{MaxConnsPerHost: 4, MaxIdleConnsPerHost: 4, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10}
	url := fmt.Sprintf("http://127.0.0.1:%d/v1/records", uint(cmp.Or(port, usual))) // a valid URL for any number
	return &Client{url: url, timeout: cmp.Or(timeout, 250*time.Millisecond), transport: transport}
}

// Send fills in eventId and inferenceTime, hands over the record, and waits until it is on disk: for the timeout at most. It never panics.
func (c *Client) Send(record map[string]any) (result Result) {
	started, id := time.Now(), make([]byte, 16)
	rand.Read(id)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
	full := map[string]any{"inferenceTime": started.UTC().Format("2006-01-02T15:04:05.000Z")}
	full["eventId"] = fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	for name, value := range record {
		if value != nil || full[name] == nil {
			full[name] = value
		}
	}
	result.EventID, _ = full["eventId"].(string)

	c.mu.Lock()
	open := c.failures >= 3 && started.Before(c.settled.Add(min(time.Second<<min(c.failures-3, 5), 30*time.Second)))
	c.mu.Unlock()
	if result.Reason = "skipped"; open {
		return result
	}
	result.Reason = "invalid"
	defer func() { recover() }() // from a panic in a MarshalJSON of the record
	body, err := json.Marshal(full)
	if err != nil {
		return result
	}
	if result.Reason = "too_large"; len(body) > 16<<20 {
		return result
	}
	if result.Reason, result.Code = c.post(body, started.Add(c.timeout)); result.Reason == "unreachable" {
		c.transport.CloseIdleConnections() // one may have died in the middle: once more, which is safe since the extension knows the eventId
		result.Reason, result.Code = c.post(body, started.Add(c.timeout))
	}
	result.Accepted = result.Reason == ""

	c.mu.Lock()
	defer c.mu.Unlock()
	if result.Accepted || result.Code != "" {
		c.failures, c.settled = 0, time.Now()
	} else if !c.settled.After(started) { // several failures in one silence are one
		c.failures, c.settled = c.failures+1, time.Now()
	}
	return result
}

// post returns no reason where the record was accepted.
func (c *Client) post(body []byte, deadline time.Time) (reason, code string) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, "POST", c.url, bytes.NewReader(body))
	request.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": nil} // nil: not sent, but a dead kept-alive connection is replaced
	response, err := c.transport.RoundTrip(request)
	var answer struct{ Error struct{ Code string } }
	if err == nil {
		context.AfterFunc(ctx, func() { response.Body.Close() }) // when post ends, and at the deadline: a 101 would never end by itself
		var text []byte
		text, err = io.ReadAll(io.LimitReader(response.Body, 64<<10))
		json.Unmarshal(text, &answer) // without a code where it is not JSON
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return "timeout", ""
	case err == nil && response.StatusCode == http.StatusAccepted:
		return "", ""
	case err == nil && answer.Error.Code != "":
		return "rejected", answer.Error.Code
	}
	return "unreachable", ""
}
