package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// browser is a Chromium of our own, spoken to over a pipe: when this program
// dies, the pipe closes and the browser ends.
type browser struct {
	process *exec.Cmd
	exited  chan struct{}
	killed  sync.Once
	cdp     *cdp
	page    string // session id of the page
}

// launch starts a browser with a profile, which outlives it.
func launch(o options, profile string) (*browser, error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	b := &browser{exited: make(chan struct{})}
	if err := b.start(path, profile, o); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

func (b *browser) start(path, profile string, o options) error {
	theirs, write, err := os.Pipe()
	if err != nil {
		return err
	}
	read, theirsToo, err := os.Pipe()
	if err != nil {
		return err
	}
	args := []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-quic", "--disable-breakpad", "--no-first-run", "--no-default-browser-check",
		"--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir=" + profile,
	}
	if o.enable != "" {
		args = append(args, "--enable-features="+o.enable)
	}
	b.process = exec.Command(path, args...)
	b.process.ExtraFiles = []*os.File{theirs, theirsToo} // descriptors 3 and 4
	b.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.console {
		b.process.Stderr = os.Stderr
	}
	if err := b.process.Start(); err != nil {
		return err
	}
	_, _ = theirs.Close(), theirsToo.Close()
	go func() {
		_ = b.process.Wait() // how it ended does not matter, that it did does
		close(b.exited)
	}()
	b.cdp = newCDP(read, write)
	return nil
}

// findChromium prefers what the variable CHROMIUM names.
func findChromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", errors.New("Chromium is missing: install it (on Debian: apt-get install chromium) or name it in CHROMIUM")
}

// runPage opens url and writes to out what its worker prints until that exits.
func (b *browser) runPage(ctx context.Context, url string, out io.Writer) (int, error) {
	if err := b.openPage(ctx, url); err != nil {
		return 0, err
	}
	for {
		select {
		case e := <-b.cdp.events:
			if code, done, err := handle(e, out); done || err != nil {
				return code, err
			}
		case <-b.exited:
			return 0, errors.New("the browser ended")
		case <-b.cdp.broken:
			return 0, errors.New("the browser hung up")
		case <-ctx.Done():
			return 0, fmt.Errorf("test did not end: %w", context.Cause(ctx))
		}
	}
}

func (b *browser) openPage(ctx context.Context, url string) error {
	var target struct{ TargetID string }
	if err := b.cdp.call(ctx, "", "Target.createTarget", params{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var attached struct{ SessionID string }
	err := b.cdp.call(ctx, "", "Target.attachToTarget", params{"targetId": target.TargetID, "flatten": true}, &attached)
	if err != nil {
		return err
	}
	b.page = attached.SessionID
	for _, step := range []struct {
		method string
		params params
	}{
		{"Inspector.enable", nil},
		{"Runtime.enable", nil},
		{"Runtime.addBinding", params{"name": "report"}},
		{"Page.navigate", params{"url": url}},
	} {
		if err := b.cdp.call(ctx, b.page, step.method, step.params, nil); err != nil {
			return err
		}
	}
	return nil
}

// handle looks at one event of the page; done means that the tests exited.
func handle(e event, out io.Writer) (code int, done bool, err error) {
	switch e.Method {
	case "Inspector.targetCrashed":
		return 0, false, errors.New("the page crashed")
	case "Runtime.exceptionThrown":
		return 0, false, fmt.Errorf("uncaught exception in the page: %s", e.Params)
	case "Runtime.bindingCalled":
		var call struct{ Payload string }
		var said struct {
			Output string
			Failed string
			Exit   *int
		}
		if err := errors.Join(json.Unmarshal(e.Params, &call), json.Unmarshal([]byte(call.Payload), &said)); err != nil {
			return 0, false, err
		}
		if _, err := io.WriteString(out, said.Output); err != nil {
			return 0, false, err
		}
		if said.Failed != "" {
			return 0, false, errors.New(said.Failed)
		}
		if said.Exit != nil {
			return *said.Exit, true, nil
		}
	}
	return 0, false, nil
}

// close ends the browser, kindly at first. Closing twice is no error.
func (b *browser) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = b.cdp.call(ctx, "", "Browser.close", nil, nil) // it may be gone already
	select {
	case <-b.exited:
	case <-ctx.Done():
	}
	b.kill()
}

// kill ends the browser at once: its whole process group, and no other.
func (b *browser) kill() {
	b.killed.Do(func() { _ = syscall.Kill(-b.process.Process.Pid, syscall.SIGKILL) }) // it may be gone already
	<-b.exited
}
