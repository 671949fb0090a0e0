package main

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func TestRoutes(t *testing.T) {
	q := newQueue(2)
	steps := []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/health", "", 200, `"waiting":0`},
		{"POST", "/jobs/take", "", 204, ""},
		{"POST", "/jobs", `{"text":"a b"}`, 201, `"id":1`},
		{"POST", "/jobs", `{"text":""}`, 400, "error"},
		{"POST", "/jobs", `text`, 400, "error"},
		{"POST", "/jobs", `{"text":"c"}`, 201, `"id":2`},
		{"POST", "/jobs", `{"text":"d"}`, 503, "full"},
		{"GET", "/health", "", 200, `"waiting":2`},
		{"POST", "/jobs/take", "", 200, `{"id":1,"text":"a b"}`},
		{"GET", "/jobs", "", 405, ""},
	}
	for i, s := range steps {
		rec := httptest.NewRecorder()
		newHandler(q).ServeHTTP(rec, httptest.NewRequest(s.method, s.path, strings.NewReader(s.body)))
		if rec.Code != s.status || !strings.Contains(rec.Body.String(), s.want) {
			t.Fatalf("step %d, %s %s: got %d %s, want %d with %s", i+1, s.method, s.path, rec.Code, rec.Body, s.status, s.want)
		}
	}
}

func TestEachJobIsTakenOnce(t *testing.T) {
	const jobs = 100
	q := newQueue(jobs)
	for range jobs {
		q.put("x")
	}
	var mu sync.Mutex
	seen := map[int]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for j, ok := q.take(); ok; j, ok = q.take() {
				mu.Lock()
				seen[j.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != jobs {
		t.Errorf("%d different jobs were taken, want %d", len(seen), jobs)
	}
}
