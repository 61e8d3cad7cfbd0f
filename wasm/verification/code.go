package verification

// Code is why a verification was cancelled (spec: m.key.verification.cancel).
// The other side may send any text; what is too long becomes "".
type Code string

const (
	// CodeUser is a user who declined or gave up.
	CodeUser Code = "m.user"
	// CodeTimeout is ten minutes that passed.
	CodeTimeout Code = "m.timeout"
	// CodeUnknownTransaction is a message of a verification that is not known.
	CodeUnknownTransaction Code = "m.unknown_transaction"
	// CodeUnknownMethod is a method, or a part of one, that is not known.
	CodeUnknownMethod Code = "m.unknown_method"
	// CodeUnexpectedMessage is a message that has no place where it came.
	CodeUnexpectedMessage Code = "m.unexpected_message"
	// CodeKeyMismatch is a key that is not the one that is known, or a code that
	// another one scanned.
	CodeKeyMismatch Code = "m.key_mismatch"
	// CodeUserMismatch is a QR code for somebody else's eyes.
	CodeUserMismatch Code = "m.user_mismatch"
	// CodeInvalidMessage is a message that is not as the spec has it.
	CodeInvalidMessage Code = "m.invalid_message"
	// CodeAccepted is a request that another device answered.
	CodeAccepted Code = "m.accepted"
	// CodeMismatchedCommitment is an ephemeral key other than the promised one.
	CodeMismatchedCommitment Code = "m.mismatched_commitment"
	// CodeMismatchedSAS is emoji or numbers that differ.
	CodeMismatchedSAS Code = "m.mismatched_sas"
)

// maxCode is the longest code of another client that is kept.
const maxCode = 64

// reason is the text that goes with a code, for clients that do not know it.
func (c Code) reason() string {
	switch c {
	case CodeUser:
		return "The user cancelled the verification."
	case CodeTimeout:
		return "The verification took too long."
	case CodeUnknownTransaction:
		return "This verification is not known."
	case CodeUnknownMethod:
		return "There is no method that both devices know."
	case CodeUnexpectedMessage:
		return "This message was not expected here."
	case CodeKeyMismatch:
		return "The keys do not match."
	case CodeUserMismatch:
		return "This is not the expected user."
	case CodeAccepted:
		return "The request was answered on another device."
	case CodeMismatchedCommitment:
		return "The key is not the one that was promised."
	case CodeMismatchedSAS:
		return "What the two devices show differs."
	}
	return "The message was not valid."
}
