package main

import "sync"

// job is one text to work on.
type job struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

// queue gives jobs out in the order they came, each one once.
type queue struct {
	mu   sync.Mutex
	max  int
	next int
	jobs []job
}

func newQueue(limit int) *queue { return &queue{max: limit} }

// put adds a job; false when the queue is full.
func (q *queue) put(text string) (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) >= q.max {
		return job{}, false
	}
	q.next++
	j := job{ID: q.next, Text: text}
	q.jobs = append(q.jobs, j)
	return j, true
}

// take removes the oldest job; false when there is none.
func (q *queue) take() (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		return job{}, false
	}
	j := q.jobs[0]
	q.jobs = q.jobs[1:]
	return j, true
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs)
}
