// Package notes is what the service keeps: short texts.
package notes

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound is returned for a note that does not exist.
var ErrNotFound = errors.New("note not found")

// Note is one text that someone wrote down.
type Note struct {
	ID        int64     `json:"id"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at"`
}

// Store keeps notes.
type Store interface {
	Create(ctx context.Context, text string) (Note, error)
	Get(ctx context.Context, id int64) (Note, error)
	List(ctx context.Context, limit int) ([]Note, error)
	Ping(ctx context.Context) error
}
