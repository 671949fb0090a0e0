package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/go-api/internal/notes"
)

// memory is a Store without a database.
type memory struct {
	list []notes.Note
	down bool
}

var errDown = errors.New("connection refused")

func (m *memory) Create(_ context.Context, text string) (notes.Note, error) {
	if m.down {
		return notes.Note{}, errDown
	}
	n := notes.Note{ID: int64(len(m.list) + 1), Text: text, CreatedAt: time.Unix(0, 0).UTC()}
	m.list = append([]notes.Note{n}, m.list...)
	return n, nil
}

func (m *memory) Get(_ context.Context, id int64) (notes.Note, error) {
	if m.down {
		return notes.Note{}, errDown
	}
	for _, n := range m.list {
		if n.ID == id {
			return n, nil
		}
	}
	return notes.Note{}, notes.ErrNotFound
}

func (m *memory) List(_ context.Context, limit int) ([]notes.Note, error) {
	if m.down {
		return nil, errDown
	}
	return m.list[:min(limit, len(m.list))], nil
}

func (m *memory) Ping(context.Context) error {
	if m.down {
		return errDown
	}
	return nil
}

func TestRoutes(t *testing.T) {
	one := func() notes.Store { return &memory{list: []notes.Note{{ID: 1, Text: "tea"}}} }
	tests := map[string]struct {
		store              notes.Store
		method, path, body string
		status             int
		want               string
	}{
		"healthy":            {one(), "GET", "/healthz", "", 200, `"status":"ok"`},
		"database down":      {&memory{down: true}, "GET", "/healthz", "", 503, `"database":"unreachable"`},
		"no database":        {nil, "GET", "/healthz", "", 503, `"database":"not configured"`},
		"create":             {one(), "POST", "/notes", `{"text":" milk "}`, 201, `"id":2,"text":"milk"`},
		"create empty":       {one(), "POST", "/notes", `{"text":" "}`, 422, "text is empty"},
		"create no json":     {one(), "POST", "/notes", `milk`, 400, "not JSON"},
		"create too large":   {one(), "POST", "/notes", `{"text":"` + strings.Repeat("x", maxBody) + `"}`, 400, "not JSON"},
		"list":               {one(), "GET", "/notes", "", 200, `[{"id":1,"text":"tea"`},
		"list none":          {&memory{}, "GET", "/notes", "", 200, `[]`},
		"get":                {one(), "GET", "/notes/1", "", 200, `"text":"tea"`},
		"get unknown":        {one(), "GET", "/notes/7", "", 404, "not found"},
		"get no number":      {one(), "GET", "/notes/one", "", 400, "not a number"},
		"error stays inside": {&memory{down: true}, "GET", "/notes", "", 500, "internal error"},
		"notes, no database": {nil, "GET", "/notes", "", 503, "DATABASE_URL"},
		"unknown route":      {one(), "GET", "/", "", 404, ""},
		"wrong method":       {one(), "DELETE", "/notes", "", 405, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			req := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			New(tt.store, slog.New(slog.NewTextHandler(io.Discard, nil))).ServeHTTP(rec, req)
			if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("got %d %s, want %d with %s", rec.Code, rec.Body, tt.status, tt.want)
			}
			if strings.Contains(rec.Body.String(), errDown.Error()) {
				t.Errorf("the answer tells the client of the inside: %s", rec.Body)
			}
			if rec.Code == http.StatusCreated && rec.Header().Get("Location") != "/notes/2" {
				t.Errorf("Location is %q", rec.Header().Get("Location"))
			}
		})
	}
}
