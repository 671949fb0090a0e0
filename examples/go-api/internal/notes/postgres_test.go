package notes

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

func TestPostgres(t *testing.T) {
	url := os.Getenv("DATABASE_URL")
	if url == "" {
		t.Skip("DATABASE_URL is not set: the tests against a real Postgres are left out")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	store, err := NewPostgres(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	first, err := store.Create(ctx, "first")
	if err != nil {
		t.Fatal(err)
	}
	second, err := store.Create(ctx, "second")
	if err != nil {
		t.Fatal(err)
	}
	if second.ID <= first.ID || first.CreatedAt.IsZero() {
		t.Errorf("got %+v then %+v, want rising ids and a time", first, second)
	}
	got, err := store.Get(ctx, first.ID)
	if err != nil || got.Text != "first" {
		t.Errorf("Get(%d) = %+v, %v", first.ID, got, err)
	}
	if _, err := store.Get(ctx, -1); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get(-1) gave %v, want ErrNotFound", err)
	}
	list, err := store.List(ctx, 2)
	if err != nil || len(list) != 2 || list[0].ID < list[1].ID {
		t.Errorf("List(2) = %+v, %v, want the two newest, newest first", list, err)
	}
}

func TestPostgresIsMadeBeforeTheDatabaseIsUp(t *testing.T) {
	store, err := NewPostgres(t.Context(), "postgres://app@127.0.0.1:1/app?connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Ping(t.Context()); err == nil {
		t.Error("Ping succeeded although nothing listens on port 1")
	}
}

func TestNewPostgresRefusesWhatIsNoURL(t *testing.T) {
	if _, err := NewPostgres(t.Context(), "postgres://app@db:port/app"); err == nil {
		t.Error("a port that is no number was accepted")
	}
}
