package syncer

// OpenWoken is one turn of FollowKeys.
var OpenWoken = openWoken
