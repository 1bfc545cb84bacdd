package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func answer(w http.ResponseWriter, r *http.Request) {}

func lines() http.Handler {
	r := chi.NewRouter()
	r.Get("/", answer)
	r.Post("/", answer)
	r.Delete("/{line}", answer)
	return r
}

func router() *chi.Mux {
	r := chi.NewRouter()
	r.Get("/health", answer)
	r.Route("/orders", func(r chi.Router) {
		r.Get("/", answer)
		r.Route("/{order:[0-9]+}", func(r chi.Router) {
			r.Put("/", answer)
			r.Mount("/lines", lines())
		})
	})
	r.Group(func(r chi.Router) {
		r.Method("PATCH", "/baskets/{basket}", http.HandlerFunc(answer))
	})
	return r
}

func main() {
	http.ListenAndServe(":8080", router())
}
