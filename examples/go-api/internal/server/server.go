// Package server answers HTTP requests.
package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/go-api/internal/notes"
)

const (
	maxBody     = 64 << 10
	listLimit   = 100
	pingTimeout = 2 * time.Second
)

// New is the handler of all routes. A nil store is a service without a database.
func New(store notes.Store, log *slog.Logger) http.Handler {
	s := &server{store: store, log: log}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("POST /notes", s.withStore(s.create))
	mux.HandleFunc("GET /notes", s.withStore(s.list))
	mux.HandleFunc("GET /notes/{id}", s.withStore(s.get))
	return mux
}

type server struct {
	store notes.Store
	log   *slog.Logger
}

// health is 200 only while the database answers, so that no traffic comes to an instance that cannot work.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pingTimeout)
	defer cancel()
	if s.store == nil {
		s.reply(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": "not configured"})
		return
	}
	if err := s.store.Ping(ctx); err != nil {
		s.log.Warn("database does not answer", "error", err)
		s.reply(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": "unreachable"})
		return
	}
	s.reply(w, http.StatusOK, map[string]string{"status": "ok", "database": "ok"})
}

func (s *server) withStore(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.store == nil {
			s.fail(w, http.StatusServiceUnavailable, "no database: set DATABASE_URL")
			return
		}
		next(w, r)
	}
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text string `json:"text"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		s.fail(w, http.StatusBadRequest, "the body is not JSON of the form {\"text\": \"…\"}")
		return
	}
	in.Text = strings.TrimSpace(in.Text)
	if in.Text == "" {
		s.fail(w, http.StatusUnprocessableEntity, "text is empty")
		return
	}
	note, err := s.store.Create(r.Context(), in.Text)
	if err != nil {
		s.internal(w, "create note", err)
		return
	}
	w.Header().Set("Location", "/notes/"+strconv.FormatInt(note.ID, 10))
	s.reply(w, http.StatusCreated, note)
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	list, err := s.store.List(r.Context(), listLimit)
	if err != nil {
		s.internal(w, "list notes", err)
		return
	}
	if list == nil {
		list = []notes.Note{} // JSON: [] rather than null
	}
	s.reply(w, http.StatusOK, list)
}

func (s *server) get(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.fail(w, http.StatusBadRequest, "the id is not a number")
		return
	}
	note, err := s.store.Get(r.Context(), id)
	switch {
	case errors.Is(err, notes.ErrNotFound):
		s.fail(w, http.StatusNotFound, err.Error())
	case err != nil:
		s.internal(w, "get note", err)
	default:
		s.reply(w, http.StatusOK, note)
	}
}

// internal logs what went wrong and tells the client only that something did.
func (s *server) internal(w http.ResponseWriter, doing string, err error) {
	s.log.Error(doing, "error", err)
	s.fail(w, http.StatusInternalServerError, "internal error")
}

func (s *server) fail(w http.ResponseWriter, status int, message string) {
	s.reply(w, status, map[string]string{"error": message})
}

func (s *server) reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		s.log.Debug("client went away", "error", err)
	}
}
