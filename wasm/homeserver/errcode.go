package homeserver

// Errcode is what a server says went wrong, such as M_FORBIDDEN. A server may
// send others than those below.
type Errcode string

// The errcodes of the specification that the core acts on or a user interface
// may want to tell apart (spec: standard error response; FEATURES B-08, C-3).
const (
	Forbidden         Errcode = "M_FORBIDDEN"
	UnknownToken      Errcode = "M_UNKNOWN_TOKEN"
	MissingToken      Errcode = "M_MISSING_TOKEN"
	UserLocked        Errcode = "M_USER_LOCKED"
	UserSuspended     Errcode = "M_USER_SUSPENDED"
	UserDeactivated   Errcode = "M_USER_DEACTIVATED"
	BadJSON           Errcode = "M_BAD_JSON"
	NotJSON           Errcode = "M_NOT_JSON"
	NotFound          Errcode = "M_NOT_FOUND"
	LimitExceeded     Errcode = "M_LIMIT_EXCEEDED"
	Unrecognized      Errcode = "M_UNRECOGNIZED"
	Unknown           Errcode = "M_UNKNOWN"
	Unauthorized      Errcode = "M_UNAUTHORIZED"
	MissingParam      Errcode = "M_MISSING_PARAM"
	InvalidParam      Errcode = "M_INVALID_PARAM"
	TooLarge          Errcode = "M_TOO_LARGE"
	ResourceLimit     Errcode = "M_RESOURCE_LIMIT_EXCEEDED"
	UserLimit         Errcode = "M_USER_LIMIT_EXCEEDED"
	GuestForbidden    Errcode = "M_GUEST_ACCESS_FORBIDDEN"
	Exclusive         Errcode = "M_EXCLUSIVE"
	UnknownPos        Errcode = "M_UNKNOWN_POS"
	AppserviceNoLogin Errcode = "M_APPSERVICE_LOGIN_UNSUPPORTED"

	// Accounts and registration.
	UserInUse             Errcode = "M_USER_IN_USE"
	InvalidUsername       Errcode = "M_INVALID_USERNAME"
	WeakPassword          Errcode = "M_WEAK_PASSWORD"
	CaptchaNeeded         Errcode = "M_CAPTCHA_NEEDED"
	CaptchaInvalid        Errcode = "M_CAPTCHA_INVALID"
	TermsNotSigned        Errcode = "M_TERMS_NOT_SIGNED"
	ThreepidInUse         Errcode = "M_THREEPID_IN_USE"
	ThreepidNotFound      Errcode = "M_THREEPID_NOT_FOUND"
	ThreepidAuthFailed    Errcode = "M_THREEPID_AUTH_FAILED"
	ThreepidDenied        Errcode = "M_THREEPID_DENIED"
	ThreepidMedium        Errcode = "M_THREEPID_MEDIUM_NOT_SUPPORTED"
	ServerNotTrusted      Errcode = "M_SERVER_NOT_TRUSTED"
	ProfileTooLarge       Errcode = "M_PROFILE_TOO_LARGE"
	KeyTooLarge           Errcode = "M_KEY_TOO_LARGE"
	InvalidSignature      Errcode = "M_INVALID_SIGNATURE"
	WrongRoomKeysVersion  Errcode = "M_WRONG_ROOM_KEYS_VERSION"
	CannotLeaveServerRoom Errcode = "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM"

	// Rooms and events.
	RoomInUse              Errcode = "M_ROOM_IN_USE"
	InvalidRoomState       Errcode = "M_INVALID_ROOM_STATE"
	UnsupportedRoomVersion Errcode = "M_UNSUPPORTED_ROOM_VERSION"
	IncompatibleRoom       Errcode = "M_INCOMPATIBLE_ROOM_VERSION"
	BadState               Errcode = "M_BAD_STATE"
	BadAlias               Errcode = "M_BAD_ALIAS"
	BadStatus              Errcode = "M_BAD_STATUS"
	ConnectionFailed       Errcode = "M_CONNECTION_FAILED"
	ConnectionTimeout      Errcode = "M_CONNECTION_TIMEOUT"
	UnableToAuthoriseJoin  Errcode = "M_UNABLE_TO_AUTHORISE_JOIN"
	UnableToGrantJoin      Errcode = "M_UNABLE_TO_GRANT_JOIN"
	InviteBlocked          Errcode = "M_INVITE_BLOCKED"
	DuplicateAnnotation    Errcode = "M_DUPLICATE_ANNOTATION"

	// Media.
	NotYetUploaded       Errcode = "M_NOT_YET_UPLOADED"
	CannotOverwriteMedia Errcode = "M_CANNOT_OVERWRITE_MEDIA"
	URLNotSet            Errcode = "M_URL_NOT_SET"
)
