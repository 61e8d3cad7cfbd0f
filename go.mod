module github.com/alcove-chat/alcove

go 1.26
