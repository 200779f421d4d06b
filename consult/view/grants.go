package view

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// Grants have documents, and rows of the index:
//
//	g p pool 0 moment id           a grant for a request of the pool
//	g r person 0 request 0 moment  → id  the grants of a person for a request
//	g i id                         → what the rows above are made of, so that they can be dropped without the document
const (
	rowGrant       = 'g'
	grantsByPool   = 'p'
	grantsByPerson = 'r'
	grantSelf      = 'i'
)

// grantCard is what the rows of a grant follow from.
type grantCard struct {
	Pool, Person, Request string
	At                    time.Time
}

// grantRows returns the rows that a grant's entry brings, none for another entry.
func grantRows(e consult.Entry) ([]row, error) {
	ev, ok := e.Event.(*consult.GrantedEvent)
	if !ok {
		return nil, nil
	}
	if !consult.ValidID(ev.Pool) || !consult.ValidID(ev.Request) || !consult.ValidID(ev.Person) {
		return nil, errors.New("the grant's ids are not valid")
	}
	card := grantCard{ev.Pool, ev.Person, ev.Request, e.At}
	value, err := json.Marshal(card)
	return append(card.rows(e.ID), row{append([]byte{rowGrant, grantSelf}, e.ID...), value}), err
}

func (c grantCard) rows(id string) []row {
	return []row{
		{append(moment(grantsOf(c.Pool), c.At), id...), []byte{}},
		{moment(grantsFor(c.Person, c.Request), c.At), []byte(id)},
	}
}

func grantsOf(pool string) []byte {
	return append(append([]byte{rowGrant, grantsByPool}, pool...), 0)
}

func grantsFor(person, request string) []byte {
	b := append(append([]byte{rowGrant, grantsByPerson}, person...), 0)
	return append(append(b, request...), 0)
}

// eraseGrant drops the rows of a grant.
func eraseGrant(tx *bbolt.Tx, id string) error {
	index := index(tx)
	self := append([]byte{rowGrant, grantSelf}, id...)
	value := index.Get(self)
	if value == nil {
		return nil
	}
	var card grantCard
	if json.Unmarshal(value, &card) != nil {
		return errDamaged
	}
	for _, r := range append(card.rows(id), row{key: self}) {
		if err := index.Delete(r.key); err != nil {
			return err
		}
	}
	return nil
}

// Grant returns the latest grant of a person for a request.
func (v *View) Grant(person, request string) (consult.Grant, error) {
	var plain contents
	err := v.view(func(tx *bbolt.Tx) (err error) {
		prefix := grantsFor(person, request)
		k, id := lastBefore(index(tx).Cursor(), slices.Concat(prefix, behindAll))
		if !bytes.HasPrefix(k, prefix) {
			return notFound()
		}
		plain, err = v.plain(tx, consult.KindGrant, string(id), 0)
		return err
	})
	if err != nil {
		return consult.Grant{}, err
	}
	return decode[consult.Grant](plain)
}

// Grants returns a page of the grants for a pool's requests, the latest first.
func (v *View) Grants(pool, after string, limit int) (consult.GrantPage, error) {
	prefix := grantsOf(pool)
	from := behindAll
	if after != "" {
		var err error
		if from, err = base64.RawURLEncoding.DecodeString(after); err != nil {
			return consult.GrantPage{}, notFound()
		}
	}
	var page consult.GrantPage
	var err error
	page.Items, err = gather[consult.Grant](v, func(tx *bbolt.Tx, plains *[]contents) error {
		c := index(tx).Cursor()
		var last []byte
		for k, _ := lastBefore(c, slices.Concat(prefix, from)); bytes.HasPrefix(k, prefix) && len(k) > len(prefix)+momentLen; k, _ = c.Prev() {
			if len(*plains) == limit {
				page.Next = base64.RawURLEncoding.EncodeToString(last)
				return nil
			}
			plain, err := v.plain(tx, consult.KindGrant, string(k[len(prefix)+momentLen:]), 0)
			if err != nil {
				return err
			}
			*plains, last = append(*plains, plain), bytes.Clone(k[len(prefix):])
		}
		return nil
	})
	return page, err
}

// GrantsAbout returns the ids of all grants for a request.
func (v *View) GrantsAbout(request string) (ids []string, err error) {
	err = v.view(func(tx *bbolt.Tx) error {
		prefix := []byte{rowGrant, grantSelf}
		c := index(tx).Cursor()
		for k, value := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, value = c.Next() {
			var card grantCard
			if json.Unmarshal(value, &card) != nil {
				return errDamaged
			}
			if card.Request == request {
				ids = append(ids, string(k[len(prefix):]))
			}
		}
		return nil
	})
	return ids, err
}
