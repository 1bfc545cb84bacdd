// docconv-web takes documents and hands out their text.
package main

import (
	"database/sql"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/hartmann-legal/docconv/internal/store"
)

const largest = 64 << 20

type site struct {
	store *store.Store
	page  *template.Template
	token string
}

func main() {
	opened, err := store.Open()
	if err != nil {
		log.Fatal(err)
	}
	s := site{opened, template.Must(template.ParseFiles("templates/index.html")), os.Getenv("API_TOKEN")}
	router := chi.NewRouter()
	router.Use(middleware.Logger, middleware.Recoverer, middleware.Timeout(time.Minute))
	router.Get("/", s.index)
	router.Get("/healthz", s.health)
	router.Post("/conversions", s.add)
	router.Get("/conversions/{id}", s.text)
	port := os.Getenv("PORT")
	if port == "" {
		port = "8085"
	}
	log.Printf("listening on port %s", port)
	log.Fatal(http.ListenAndServe(":"+port, router))
}

func (s site) health(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Ping(r.Context()); err != nil {
		http.Error(w, "database", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

func (s site) index(w http.ResponseWriter, r *http.Request) {
	recent, err := s.store.Recent(r.Context())
	if err != nil {
		http.Error(w, "the list cannot be read", http.StatusInternalServerError)
		log.Print(err)
		return
	}
	if err := s.page.Execute(w, recent); err != nil {
		log.Print(err)
	}
}

func (s site) add(w http.ResponseWriter, r *http.Request) {
	if s.token == "" || r.Header.Get("Authorization") != "Bearer "+s.token {
		http.Error(w, "token missing or wrong", http.StatusUnauthorized)
		return
	}
	document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if err != nil {
		http.Error(w, "the document is too large", http.StatusRequestEntityTooLarge)
		return
	}
	id, err := s.store.Add(r.Context(), r.URL.Query().Get("matter"), r.URL.Query().Get("name"), document)
	if err != nil {
		http.Error(w, "the document cannot be stored", http.StatusInternalServerError)
		log.Print(err)
		return
	}
	w.Header().Set("Location", fmt.Sprintf("/conversions/%d", id))
	w.WriteHeader(http.StatusAccepted)
}

func (s site) text(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	text, err := s.store.Text(r.Context(), id)
	if errors.Is(err, sql.ErrNoRows) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, "the text cannot be read", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, text)
}
