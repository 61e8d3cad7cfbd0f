package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/keyexport"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// exportPage is how many sessions are read at once.
const exportPage = 200

// Export returns a file of the sessions of those rooms that which wants, encrypted
// with a passphrase. progress is told how many are in it by now; an end of ctx
// ends it.
func (m *Machine) Export(ctx context.Context, which func(event.RoomID) bool, progress func(int), phrase string, derive passphrase.PBKDF2) ([]byte, error) {
	list, n, from := []byte{'['}, 0, []byte(nil)
	for {
		results, err := m.reader.Read(ctx, storage.Scan(table.Inbound, from, nil, exportPage))
		if err != nil {
			return nil, err
		}
		for _, rec := range results[0] {
			room, session := table.SplitMegolmKey(rec.Key)
			if !which(room) {
				continue
			}
			if one, ok := exported(SessionName{room, session}, rec.Value); ok {
				if n++; n > 1 {
					list = append(list, ',')
				}
				list = append(list, one...)
			}
		}
		progress(n)
		if len(results[0]) < exportPage {
			break
		}
		from = append(results[0][exportPage-1].Key, 0)
	}
	return keyexport.Encrypt(ctx, append(list, ']'), phrase, derive, m.Random)
}

// exported leaves out what is garbled or was withheld.
func exported(n SessionName, value []byte) (scan.Value, bool) {
	s, err := table.DecodeInboundSession(value)
	if err != nil {
		return nil, false
	}
	one, err := writeExported(n, s)
	return one, err == nil
}

// ReadExport returns the sessions of a file. They are not saved yet, and the file
// is believed no more than that somebody who knew the passphrase wrote it.
func (m *Machine) ReadExport(ctx context.Context, file []byte, phrase string, derive passphrase.PBKDF2) (*Keys, error) {
	plain, err := keyexport.Decrypt(ctx, file, phrase, derive)
	if err != nil {
		return nil, err
	}
	return keysOfFile(plain)
}

func keysOfFile(plain []byte) (*Keys, error) {
	list, err := scan.Parse(plain)
	if err != nil || list.Kind() != scan.Array {
		return nil, keyexport.ErrFormat
	}
	all := &Keys{open: func(one parcel) (roomKey, bool) {
		k, ok := readExported(one.content, table.KeyFromFile)
		return k, ok && k.key.ID() == k.name.Session
	}}
	for item := range list.Items() {
		all.parcels = append(all.parcels, parcel{content: item})
	}
	return all, nil
}
