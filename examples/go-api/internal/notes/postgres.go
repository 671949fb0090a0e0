package notes

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// schema is small enough to be made on first use; IF NOT EXISTS lets many instances start at once.
const schema = `CREATE TABLE IF NOT EXISTS notes (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	text       text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
)`

// Postgres is a Store in a Postgres database. It connects when it is first asked, so that it can be made before the database is up.
type Postgres struct {
	pool *pgxpool.Pool

	mu    sync.Mutex
	ready bool // the schema is there
}

// NewPostgres makes a Store of the database at url. It does not wait for the database.
func NewPostgres(ctx context.Context, url string) (*Postgres, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return &Postgres{pool: pool}, nil
}

// Close gives all connections back.
func (p *Postgres) Close() { p.pool.Close() }

// Ping asks the database for a sign of life and sees to the schema.
func (p *Postgres) Ping(ctx context.Context) error {
	if err := p.migrate(ctx); err != nil {
		return err
	}
	return p.pool.Ping(ctx)
}

// migrate makes the table once in the life of the process; it is tried again until it worked.
func (p *Postgres) migrate(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready {
		return nil
	}
	if _, err := p.pool.Exec(ctx, schema); err != nil {
		return fmt.Errorf("make table: %w", err)
	}
	p.ready = true
	return nil
}

// Create keeps a new note.
func (p *Postgres) Create(ctx context.Context, text string) (Note, error) {
	if err := p.migrate(ctx); err != nil {
		return Note{}, err
	}
	n := Note{Text: text}
	err := p.pool.QueryRow(ctx, `INSERT INTO notes (text) VALUES ($1) RETURNING id, created_at`, text).Scan(&n.ID, &n.CreatedAt)
	return n, err
}

// Get finds one note.
func (p *Postgres) Get(ctx context.Context, id int64) (Note, error) {
	if err := p.migrate(ctx); err != nil {
		return Note{}, err
	}
	n := Note{ID: id}
	err := p.pool.QueryRow(ctx, `SELECT text, created_at FROM notes WHERE id = $1`, id).Scan(&n.Text, &n.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return Note{}, ErrNotFound
	}
	return n, err
}

// List returns the newest notes first.
func (p *Postgres) List(ctx context.Context, limit int) ([]Note, error) {
	if err := p.migrate(ctx); err != nil {
		return nil, err
	}
	rows, err := p.pool.Query(ctx, `SELECT id, text, created_at FROM notes ORDER BY id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Note])
}
