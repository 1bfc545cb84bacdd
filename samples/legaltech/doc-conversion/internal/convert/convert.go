// Package convert turns PDF files into plain text with Poppler's tools.
package convert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Limit is how long one document may take: some scans have thousands of pages.
const Limit = 2 * time.Minute

// ErrNotPDF is returned for anything that does not begin as a PDF does.
var ErrNotPDF = errors.New("not a PDF document")

// Text returns the words of a PDF, pages separated by form feeds.
func Text(ctx context.Context, pdf []byte) (string, error) {
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return "", ErrNotPDF
	}
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	command := exec.CommandContext(ctx, "pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	command.Stdin = bytes.NewReader(pdf)
	var errs bytes.Buffer
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("pdftotext: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return string(out), nil
}

// Available tells whether the tools are there.
func Available() error {
	_, err := exec.LookPath("pdftotext")
	return err
}
