package tokens

import (
	"testing"
	"time"
)

func TestATokenIsGoodUntilItsEnd(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	signer := Signer{Key: []byte("k"), Valid: time.Minute}
	token := signer.Issue("documents", now)
	if name, err := signer.Check(token, now.Add(59*time.Second)); err != nil || name != "documents" {
		t.Fatalf("%q, %v", name, err)
	}
	if _, err := signer.Check(token, now.Add(time.Minute)); err == nil {
		t.Fatal("an old token was taken")
	}
	other := Signer{Key: []byte("another"), Valid: time.Minute}
	if _, err := other.Check(token, now); err == nil {
		t.Fatal("a token of another key was taken")
	}
}
