module github.com/alcove-chat/alcove

go 1.26

require (
	github.com/hack-pad/safejs v0.1.1
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
)

require golang.org/x/text v0.14.0 // indirect
