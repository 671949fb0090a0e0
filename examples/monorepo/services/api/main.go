// Command api hands jobs from those who have them to those who do them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const maxBody = 64 << 10

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	srv := &http.Server{Addr: ":" + port, Handler: newHandler(newQueue(1000)), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		timeout, cancel := context.WithTimeout(context.Background(), 8*time.Second)
		defer cancel()
		_ = srv.Shutdown(timeout)
	}()
	log.Info("listening", "address", srv.Addr)
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func newHandler(q *queue) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{"status": "ok", "waiting": q.len()})
	})
	mux.HandleFunc("POST /jobs", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Text string `json:"text"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil || in.Text == "" {
			reply(w, http.StatusBadRequest, map[string]any{"error": "want JSON with a text that is not empty"})
			return
		}
		job, ok := q.put(in.Text)
		if !ok {
			reply(w, http.StatusServiceUnavailable, map[string]any{"error": "the queue is full"})
			return
		}
		reply(w, http.StatusCreated, job)
	})
	mux.HandleFunc("POST /jobs/take", func(w http.ResponseWriter, _ *http.Request) {
		job, ok := q.take()
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		reply(w, http.StatusOK, job)
	})
	return mux
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away is no error of ours
}
