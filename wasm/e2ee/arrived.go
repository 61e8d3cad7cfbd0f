package e2ee

import "context"

// takeArrived takes what messages of one sync response said of room keys, all in
// one go: keys, then reasons why others do not come, then what others ask for.
func (w *Work) takeArrived(ctx context.Context) error {
	keys := w.arrived
	w.arrived = nil
	if _, err := w.importKeys(ctx, keys); err != nil {
		return err
	}
	if err := w.noteRefusals(ctx); err != nil {
		return err
	}
	return w.answerRequests(ctx)
}
