// Package api is the program's JSON over HTTP: what scripts and other systems use, and what openapi.json describes.
//
// A handler decodes, asks the service on behalf of whoever is signed in, and encodes. What somebody may do or see is decided
// in the service and nowhere here. Input is taken strictly: a member that is not known, stands twice or has another type, text
// that is not UTF-8 and anything behind the end are refused with the place of the fault, and nothing is saved. What was typed
// is never repeated in an error. Every answer is marked not to be stored.
package api
