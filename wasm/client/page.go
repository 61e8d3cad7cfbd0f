package client

import (
	"context"
	"errors"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
)

// Page is one page's face of a core that several pages may share: it
// implements api.Client. Use Attach.
//
// What it adds to Client is what pages say of themselves and must not undo for
// one another: whether somebody looks, and who is typing.
type Page struct{ *Client }

var _ api.Client = (*Page)(nil)

// pages is what the pages of a core said of themselves. Its lock is held while
// an account is told, so that of two words the later one holds; it comes
// before account.mu.
type pages struct {
	mu    sync.Mutex
	said  map[*Page]*api.PageState // nil until it said something
	heard bool                     // any page ever did
}

// Attach returns the face of another page. Close must be called.
func (c *Client) Attach() *Page {
	p := &Page{c}
	c.pages.mu.Lock()
	defer c.pages.mu.Unlock()
	c.pages.said[p] = nil
	return p
}

// Close forgets the page, as if it had stopped typing and been hidden before.
// Its calls must have ended.
func (p *Page) Close() {
	p.pages.mu.Lock()
	defer p.pages.mu.Unlock()
	delete(p.pages.said, p)
	a, err := p.opened()
	if err != nil {
		return
	}
	a.stopAllTyping(p)
	a.hidden.poke()
	p.pages.tell(a)
}

// SetPage implements api.Client.
func (p *Page) SetPage(_ context.Context, s api.PageState) error {
	p.pages.mu.Lock()
	defer p.pages.mu.Unlock()
	p.pages.said[p], p.pages.heard = &s, true
	a, err := p.opened()
	if errors.Is(err, errSignedOut) {
		return nil
	}
	if err != nil {
		return err
	}
	if !s.Visible {
		a.hidden.poke()
	}
	p.pages.tell(a)
	if p.pages.online() {
		a.retry()
	}
	return nil
}

// away reports that nobody looks at any page. A page that has not said
// anything is not looked at; but while none has, the core has just started,
// and that is because somebody opened a page.
func (p *pages) away() bool {
	for _, s := range p.said {
		if s != nil && s.Visible {
			return false
		}
	}
	return p.heard
}

// online reports that a page is, as far as pages know: one that has not said
// anything may well be.
func (p *pages) online() bool {
	for _, s := range p.said {
		if s == nil || s.Online {
			return true
		}
	}
	return false
}

// introduce tells an account whose loop is new.
func (p *pages) introduce(a *account) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(a)
}

// tell tells an account's loop whether somebody looks. The caller holds the
// lock.
func (p *pages) tell(a *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.syncer != nil {
		a.syncer.SetAway(p.away())
	}
}

// retry ends all waits for better times.
func (a *account) retry() {
	a.mu.Lock()
	loop := a.syncer
	a.mu.Unlock()
	if loop != nil {
		loop.Wake()
		a.outbox.Wake()
		a.courier.Wake()
		a.hope()
	}
}
