// docconv-worker converts queued documents, one after another, until it is told to stop.
package main

import (
	"context"
	"errors"
	"log"
	"os/signal"
	"syscall"
	"time"

	"github.com/hartmann-legal/docconv/internal/convert"
	"github.com/hartmann-legal/docconv/internal/store"
)

const pause = 2 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := convert.Available(); err != nil {
		log.Fatal(err)
	}
	queue, err := store.Open()
	if err != nil {
		log.Fatal(err)
	}
	log.Print("waiting for documents")
	for ctx.Err() == nil {
		document, err := queue.Claim(ctx)
		if err != nil {
			if !errors.Is(err, store.ErrNothingToDo) && ctx.Err() == nil {
				log.Print(err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			continue
		}
		text, failure := convert.Text(ctx, document.Document)
		if err := queue.Finish(context.Background(), document.ID, text, failure); err != nil {
			log.Print(err)
		}
	}
	log.Print("stopped")
}
