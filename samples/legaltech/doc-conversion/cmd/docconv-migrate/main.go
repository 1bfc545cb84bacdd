// docconv-migrate brings the schema up to date.
package main

import (
	"context"
	"log"

	"github.com/hartmann-legal/docconv/internal/store"
)

func main() {
	database, err := store.Open()
	if err != nil {
		log.Fatal(err)
	}
	applied, err := database.Migrate(context.Background(), "migrations")
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("applied: %v", applied)
}
