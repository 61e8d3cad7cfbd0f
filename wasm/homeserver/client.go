package homeserver

// Client sends requests to one homeserver, as one user where it has a token.
// It is safe for use by several goroutines and never changes.
type Client struct {
	net    Network
	base   string
	token  string
	once   bool
	pauses *pauses
}

// Client returns a client for a homeserver's base URL, with a token or "".
func (n Network) Client(base, token string) (*Client, error) {
	clean, err := CleanBaseURL(base)
	if err != nil {
		return nil, err
	}
	return &Client{net: n.filled(), base: clean, token: token, pauses: &pauses{}}, nil
}

// BaseURL is where the client sends to, without a trailing slash.
func (c *Client) BaseURL() string { return c.base }

// WithToken returns a client that sends as another user, or as none. Pauses
// that the server asked for hold for both.
func (c *Client) WithToken(token string) *Client {
	twin := *c
	twin.token = token
	return &twin
}

// Once returns a client that tries each request a single time, for callers
// that have their own way to try again. While the server's pause for a group
// of requests lasts it answers ErrLimited without asking.
func (c *Client) Once() *Client {
	twin := *c
	twin.once = true
	return &twin
}
