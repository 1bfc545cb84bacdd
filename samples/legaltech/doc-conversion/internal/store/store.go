// Package store keeps documents and their state in PostgreSQL.
package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sort"
	"time"

	_ "github.com/lib/pq"
)

// Conversion is one document and what became of it.
type Conversion struct {
	ID       int64
	Matter   string
	Name     string
	State    string
	Created  time.Time
	Document []byte
}

// ErrNothingToDo is returned by Claim when the queue is empty.
var ErrNothingToDo = errors.New("no queued conversion")

// Store is safe for concurrent use.
type Store struct{ db *sql.DB }

// Open connects to DATABASE_URL.
func Open() (*Store, error) {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(10)
	return &Store{db}, nil
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// Migrate applies the files of a folder that have not been applied yet, each in a transaction.
func (s *Store) Migrate(ctx context.Context, folder string) (applied []string, err error) {
	const table = `CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())`
	if _, err = s.db.ExecContext(ctx, table); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	for _, file := range files {
		done, err := s.apply(ctx, file)
		if err != nil {
			return applied, err
		}
		if done {
			applied = append(applied, filepath.Base(file))
		}
	}
	return applied, nil
}

func (s *Store) apply(ctx context.Context, file string) (bool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	result, err := tx.ExecContext(ctx, `INSERT INTO schema_version (name) VALUES ($1) ON CONFLICT DO NOTHING`, filepath.Base(file))
	if err != nil {
		return false, err
	}
	if rows, _ := result.RowsAffected(); rows == 0 {
		return false, nil
	}
	if _, err = tx.ExecContext(ctx, string(text)); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

// Add queues a document.
func (s *Store) Add(ctx context.Context, matter, name string, document []byte) (id int64, err error) {
	const insert = `INSERT INTO conversions (matter, name, document) VALUES ($1, $2, $3) RETURNING id`
	err = s.db.QueryRowContext(ctx, insert, matter, name, document).Scan(&id)
	return id, err
}

// Recent lists the newest conversions, without their documents.
func (s *Store) Recent(ctx context.Context) ([]Conversion, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, matter, name, state, created FROM conversions ORDER BY id DESC LIMIT 50`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Conversion
	for rows.Next() {
		var c Conversion
		if err := rows.Scan(&c.ID, &c.Matter, &c.Name, &c.State, &c.Created); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, rows.Err()
}

// Text returns what a finished conversion has read; sql.ErrNoRows where there is none.
func (s *Store) Text(ctx context.Context, id int64) (text string, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT text FROM conversions WHERE id = $1 AND state = 'done'`, id).Scan(&text)
	return text, err
}

// Claim takes the oldest queued conversion, so that two workers never take the same.
func (s *Store) Claim(ctx context.Context) (c Conversion, err error) {
	const claim = `UPDATE conversions SET state = 'running' WHERE id =
		(SELECT id FROM conversions WHERE state = 'queued' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1)
		RETURNING id, matter, name, document`
	err = s.db.QueryRowContext(ctx, claim).Scan(&c.ID, &c.Matter, &c.Name, &c.Document)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrNothingToDo
	}
	return c, err
}

// Finish stores the outcome of a conversion.
func (s *Store) Finish(ctx context.Context, id int64, text string, failure error) error {
	state, message := "done", ""
	if failure != nil {
		state, message = "failed", failure.Error()
	}
	_, err := s.db.ExecContext(ctx, `UPDATE conversions SET state = $2, text = $3, failure = $4 WHERE id = $1`, id, state, text, message)
	return err
}
