package convert

import (
	"context"
	"errors"
	"testing"
)

func TestOnlyPDF(t *testing.T) {
	if _, err := Text(context.Background(), []byte("PK\x03\x04")); !errors.Is(err, ErrNotPDF) {
		t.Fatalf("got %v", err)
	}
}
