// Command identity issues and checks tokens.
package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"git.harrow-lane.example/platform/identity-api/internal/tokens"
)

type client struct {
	Name      string `json:"name"`
	KeySHA256 string `json:"key_sha256"`
}

type server struct {
	clients map[string]string
	signer  tokens.Signer
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func readClients(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []client
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	clients := map[string]string{}
	for _, one := range list {
		clients[one.Name] = one.KeySHA256
	}
	return clients, nil
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func (s server) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]int{"clients": len(s.clients)})
}

func (s server) token(w http.ResponseWriter, r *http.Request) {
	name, key, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(key))
	given := hex.EncodeToString(sum[:])
	if known, found := s.clients[name]; !found || subtle.ConstantTimeCompare([]byte(known), []byte(given)) != 1 {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "no such client, or another key"})
		return
	}
	answer(w, http.StatusOK, map[string]string{"token": s.signer.Issue(name, time.Now())})
}

func (s server) whoami(w http.ResponseWriter, r *http.Request) {
	name, err := s.signer.Check(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), time.Now())
	if err != nil {
		answer(w, http.StatusUnauthorized, map[string]string{"error": err.Error()})
		return
	}
	answer(w, http.StatusOK, map[string]string{"name": name})
}

func main() {
	clients, err := readClients(setting("CLIENTS_FILE", "clients.json"))
	if err != nil {
		log.Fatal(err)
	}
	minutes, err := strconv.Atoi(setting("TOKEN_MINUTES", "30"))
	if err != nil {
		log.Fatal("TOKEN_MINUTES: ", err)
	}
	key := os.Getenv("SIGNING_KEY")
	if key == "" {
		log.Fatal("SIGNING_KEY is not set")
	}
	s := server{clients, tokens.Signer{Key: []byte(key), Valid: time.Duration(minutes) * time.Minute}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /token", s.token)
	mux.HandleFunc("GET /whoami", s.whoami)
	listener := &http.Server{Addr: ":" + setting("IDENTITY_PORT", "8900"), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-ended.Done()
		_ = listener.Shutdown(context.Background())
	}()
	log.Print("listening on ", listener.Addr)
	if err := listener.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}
