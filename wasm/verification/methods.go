package verification

import "github.com/alcove-chat/alcove/wasm/scan"

// Methods is a set of ways to verify, from one side's view.
type Methods uint8

const (
	// SAS is comparing emoji or numbers.
	SAS Methods = 1 << iota
	// ShowQR is showing a QR code.
	ShowQR
	// ScanQR is scanning one.
	ScanQR

	// AllMethods is what a device with a camera can do.
	AllMethods = SAS | ShowQR | ScanQR
)

const (
	methodSAS         = "m.sas.v1"
	methodShow        = "m.qr_code.show.v1"
	methodScan        = "m.qr_code.scan.v1"
	methodReciprocate = "m.reciprocate.v1"
)

// Has reports whether all of some are in m.
func (m Methods) Has(some Methods) bool { return m&some == some }

// with returns which of its methods a side can use with another's.
func (m Methods) with(other Methods) (both Methods) {
	both = m & other & SAS
	if m.Has(ShowQR) && other.Has(ScanQR) {
		both |= ShowQR
	}
	if m.Has(ScanQR) && other.Has(ShowQR) {
		both |= ScanQR
	}
	return both
}

func (m Methods) names() (names []string) {
	if m.Has(SAS) {
		names = append(names, methodSAS)
	}
	if m.Has(ShowQR) {
		names = append(names, methodShow)
	}
	if m.Has(ScanQR) {
		names = append(names, methodScan)
	}
	if m&(ShowQR|ScanQR) != 0 {
		names = append(names, methodReciprocate)
	}
	return names
}

// parseMethods reads the methods of a request or an answer, and reports
// whether it was a list. Unknown ones do not count, and neither do QR codes
// without a way to say that they were scanned.
func parseMethods(list scan.Value) (m Methods, ok bool) {
	reciprocates := false
	for name := range list.Items() {
		switch name.Text() {
		case methodSAS:
			m |= SAS
		case methodShow:
			m |= ShowQR
		case methodScan:
			m |= ScanQR
		case methodReciprocate:
			reciprocates = true
		}
	}
	if !reciprocates {
		m &= SAS
	}
	return m, list.Kind() == scan.Array
}
