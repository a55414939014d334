// Package capture hands the records of a function to the extension in the same Lambda environment: see docs/wire-protocol.md.
// Copy this file: it needs Go 1.24 and nothing else.
package capture

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

var transport = &http.Transport{MaxConnsPerHost: 4, MaxIdleConnsPerHost: 4}
var port, start = uint16(2772), time.Now()
var failures, settled atomic.Int64 // in a row; when the last answer came, or the last failure that counts, in ns since start

func init() { fmt.Sscan(os.Getenv("CAPTURE_PORT"), &port) }

// Send hands over a record and waits until it is on disk, for 250 ms at most. It adds an eventId and the inferenceTime where they are missing.
// The error is nil where the record was accepted, or else "timeout", "unreachable", "rejected: CODE" (of the extension), "too_large", "invalid",
// or "skipped": after three failures in a row it tries nothing for 1 s, doubling to 30 s. Send never panics; goroutines may share it.
func Send(record map[string]any) (eventID string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()
	before, failed := settled.Load(), failures.Load()
	full := map[string]any{"eventId": rand.Text(), "inferenceTime": time.Now().UTC().Format("2006-01-02T15:04:05.000Z")}
	maps.Copy(full, record)
	eventID, err = fmt.Sprint(full["eventId"]), fmt.Errorf("invalid")
	defer func() { recover() }() // a MarshalJSON of the record may panic
	body, wrong := json.Marshal(full)
	switch pause := min(time.Second<<min(max(failed, 3)-3, 5), 30*time.Second); {
	case wrong != nil:
		return eventID, err
	case len(body) > 16<<20:
		return eventID, fmt.Errorf("too_large")
	case failed >= 3 && time.Since(start) < time.Duration(before)+pause:
		return eventID, fmt.Errorf("skipped")
	}
	answered, err := post(ctx, body)
	if !answered && ctx.Err() == nil {
		transport.CloseIdleConnections() // one may have died while the environment was frozen: once more, as the extension knows the eventId
		answered, err = post(ctx, body)
	}
	if now := int64(time.Since(start)); answered {
		settled.Store(now)
		failures.Store(0)
	} else if settled.CompareAndSwap(before, now) { // many that fail in one moment are one failure
		failures.Add(1)
	}
	return eventID, err
}

func post(ctx context.Context, body []byte) (answered bool, err error) {
	request, _ := http.NewRequestWithContext(ctx, "POST", fmt.Sprintf("http://127.0.0.1:%d/v1/records", port), bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	response, err := transport.RoundTrip(request)
	var answer struct{ Error struct{ Code string } }
	if err == nil {
		context.AfterFunc(ctx, func() { response.Body.Close() }) // at the end, or at the deadline: a 101 has no end of its own
		body, err = io.ReadAll(io.LimitReader(response.Body, 64<<10))
		json.Unmarshal(body, &answer) // no code where it is no JSON
	}
	switch {
	case err == nil && response.StatusCode == 202:
		return true, nil
	case err == nil && answer.Error.Code != "":
		return true, fmt.Errorf("rejected: %s", answer.Error.Code)
	case ctx.Err() != nil:
		return false, fmt.Errorf("timeout")
	}
	return false, fmt.Errorf("unreachable")
}
