// Package mail writes and sends the mails that tell people what happened to a request.
//
// A mail is made of an entry's clear envelope, the receiver's address and language, and the name of a pool; it has no way
// to the contents of a request. The same notification is always the same mail, with the same Message-ID, however often it is
// tried. The link in it only shows.
//
// [ReadIncoming] tells what a mail that came in is, and keeps none of its words. What it is about is known by a token that only this
// program can make ([Tokens]): it stands in each mail's return path and Message-ID. [ServeLMTP] and [Maildir] are the ways in.
package mail
