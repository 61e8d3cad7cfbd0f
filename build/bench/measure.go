package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
)

// Rooms of the account that is taken where one is enough.
const usual = 1000

// once says that a group does not depend on the account: it is measured of the
// usual one, or of the only one.
func (p plan) once(group string, rooms int) bool {
	return slices.Contains([]string{"bytes", "long", "hour", "crypto"}, group) && rooms != usual && len(p.rooms) > 1
}

// measure does what the plan says. The report is never nil.
func measure(f *farm, p plan) (*report, error) {
	r := &report{}
	wants := func(group string) bool { return p.name == "" || p.name == group }
	if !slices.Contains(groups(), p.name) && p.name != "" {
		return r, fmt.Errorf("there is no group %q", p.name)
	}
	if wants("start") {
		if err := r.start(f); err != nil {
			return r, err
		}
	}
	for _, rooms := range p.rooms {
		var chosen []string
		for _, group := range peerGroups {
			if wants(group) && !p.once(group, rooms) {
				chosen = append(chosen, group)
			}
		}
		if err := r.peers(f, p, rooms, chosen); err != nil {
			return r, err
		}
	}
	if wants("crowd") {
		if err := r.crowded(p.runs); err != nil {
			return r, err
		}
	}
	if wants("handover") {
		return r, r.handOver(f, p.trials)
	}
	return r, nil
}

func (r *report) start(f *farm) error {
	host, err := f.host(2)
	if err != nil {
		return err
	}
	answer, err := drive("build/bench/drive/start.mjs", host.URL)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, &r.Boots)
}

func (r *report) handOver(f *farm, trials int) error {
	host, err := f.host(usual)
	if err != nil {
		return err
	}
	answer, err := drive("build/bench/drive/handover.mjs", host.URL, strconv.Itoa(host.Listed), strconv.Itoa(trials))
	if err != nil {
		return err
	}
	r.Handover = new(handover)
	return json.Unmarshal(answer, r.Handover)
}

// peers takes both clients through the chosen groups.
func (r *report) peers(f *farm, p plan, rooms int, chosen []string) error {
	if len(chosen) == 0 {
		return nil
	}
	order, err := json.Marshal(object{"rooms": rooms, "runs": p.runs, "groups": chosen, "profile": p.profile})
	if err != nil {
		return err
	}
	answer, failed := drive("build/bench/drive/peers.mjs", f.url, string(order))
	samples, err := readSamples(bytes.NewReader(answer))
	if err := errors.Join(err, weighFetched(samples)); err != nil {
		return errors.Join(failed, err)
	}
	r.Table = append(r.Table, tabulate(samples)...)
	return errors.Join(failed, f.complaint())
}

func readSamples(from io.Reader) (all []sample, err error) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("read what the browser measured: %w", err)
		}
		all = append(all, s)
	}
	return all, lines.Err()
}

// drive has Node run a script and gives what it printed, also before it failed.
func drive(args ...string) ([]byte, error) {
	cmd := exec.Command("node", args...)
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		return answer, fmt.Errorf("drive the browser: %w", err)
	}
	return answer, nil
}
