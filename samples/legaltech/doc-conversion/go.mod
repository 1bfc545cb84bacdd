module github.com/hartmann-legal/docconv

go 1.21

toolchain go1.21.3

require (
	github.com/go-chi/chi/v5 v5.0.10
	github.com/lib/pq v1.10.9
)
