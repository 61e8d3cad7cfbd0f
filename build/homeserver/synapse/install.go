package synapse

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// constraints pins what Synapse needs, so that a test today and one in a year
// run the same server.
//
//go:embed constraints.txt
var constraints []byte

// install returns the Python of a virtual environment that has Synapse. A
// second caller, in this process or another, waits for the first.
func install(ctx context.Context, progress func(string)) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "alcove", "synapse-"+Version)
	if installed(dir) {
		return pythonOf(dir), nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if installed(dir) {
		return pythonOf(dir), nil
	}
	progress("installing Synapse " + Version + " into " + dir + ", once")
	if err := build(ctx, dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return pythonOf(dir), os.WriteFile(mark(dir), nil, 0o644)
}

// mark is a file that says that an installation is complete.
func mark(dir string) string { return filepath.Join(dir, "complete") }

func installed(dir string) bool {
	_, err := os.Stat(mark(dir))
	return err == nil
}

func pythonOf(dir string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(dir, "Scripts", "python.exe")
	}
	return filepath.Join(dir, "bin", "python")
}

func build(ctx context.Context, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	python, err := findPython(ctx)
	if err != nil {
		return err
	}
	if err := run(ctx, python, "-m", "venv", dir); err != nil {
		return fmt.Errorf("make a virtual environment (on Debian: apt-get install python3-venv): %w", err)
	}
	pins := filepath.Join(dir, "constraints.txt")
	if err := os.WriteFile(pins, constraints, 0o644); err != nil {
		return err
	}
	err = run(ctx, pythonOf(dir), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-input",
		"--constraint", pins, "matrix-synapse=="+Version)
	if err != nil {
		return fmt.Errorf("pip (is there a network?): %w", err)
	}
	return nil
}

const pythonCheck = "import sys; sys.exit(sys.version_info < (3, 10))"

// findPython returns a Python that is new enough for Synapse.
func findPython(ctx context.Context) (string, error) {
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err == nil && run(ctx, path, "-c", pythonCheck) == nil {
			return path, nil
		}
	}
	return "", errors.New("Python 3.10 or newer is missing")
}

// run runs a program and makes an error of one line of its output.
func run(ctx context.Context, name string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimPrefix(lastLine(said.String()), "ERROR: "))
	}
	return nil
}
