package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"

	"silta/consult"
	"silta/consult/seal"
)

// A record is what the file holds of one entry:
//
//	format    1 byte
//	checksum  4 bytes: CRC-32C of the position and of all of the record but itself
//	previous  32 bytes: the hash of the entry before
//	length    4 bytes: of the envelope
//	envelope  JSON, in clear
//	payload   the sealed event, or the hash of one that was erased
//
// An entry's hash is SHA-256(previous, position, content), content being SHA-256(length, envelope, SHA-256(payload)). So it
// can still be computed when the payload is gone and only the payload's hash is left.
const (
	formatSealed byte = 1
	formatErased byte = 2

	atChecksum = 1
	atPrevious = 5
	atLength   = 37
	headerLen  = 41

	hashLen = sha256.Size
)

type hash = [hashLen]byte

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Faults of a record.
var (
	errShort    = errors.New("the record is cut short")
	errFormat   = errors.New("the record has an unknown format")
	errChecksum = errors.New("the checksum does not match")
)

// encode returns the record of an entry that has no place yet, with its content hash.
func encode(env *consult.Envelope, event []byte, key *seal.Key) (record []byte, content hash, err error) {
	clear, err := json.Marshal(env)
	if err != nil {
		return nil, hash{}, err
	}
	record = make([]byte, headerLen, headerLen+len(clear)+len(event)+key.Overhead())
	record[0] = formatSealed
	binary.BigEndian.PutUint32(record[atLength:], uint32(len(clear)))
	record = append(record, clear...)
	record = key.Seal(record, env.Revision, seal.ForEvent, event)
	payload := sha256.Sum256(record[headerLen+len(clear):])
	return record, contentHash(record[atLength:headerLen+len(clear)], payload), nil
}

// contentHash takes the envelope with its length before it.
func contentHash(envelope []byte, payload hash) hash {
	h := sha256.New()
	h.Write(envelope)
	h.Write(payload[:])
	return hash(h.Sum(nil))
}

// place gives a record its place behind the entry of a hash, and returns its own hash.
func place(record []byte, position uint64, previous, content hash) hash {
	copy(record[atPrevious:], previous[:])
	binary.BigEndian.PutUint32(record[atChecksum:], checksum(record, position))
	return chain(previous, position, content)
}

func chain(previous hash, position uint64, content hash) hash {
	var b [hashLen + 8 + hashLen]byte
	copy(b[:], previous[:])
	binary.BigEndian.PutUint64(b[hashLen:], position)
	copy(b[hashLen+8:], content[:])
	return sha256.Sum256(b[:])
}

func checksum(record []byte, position uint64) uint32 {
	var head [9]byte
	binary.BigEndian.PutUint64(head[:], position)
	head[8] = record[0]
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, record[atPrevious:])
}

// parsed is a record taken apart. It points into the record.
type parsed struct {
	format   byte
	previous hash
	// envelope has its length before it.
	envelope []byte
	payload  []byte
}

// parse takes a record apart and checks its checksum.
func parse(record []byte, position uint64) (parsed, error) {
	if len(record) < headerLen {
		return parsed{}, errShort
	}
	if checksum(record, position) != binary.BigEndian.Uint32(record[atChecksum:]) {
		return parsed{}, errChecksum
	}
	n := uint64(binary.BigEndian.Uint32(record[atLength:]))
	if uint64(len(record)-headerLen) < n {
		return parsed{}, errShort
	}
	p := parsed{
		format: record[0], previous: hash(record[atPrevious:atLength]),
		envelope: record[atLength : headerLen+n], payload: record[headerLen+n:],
	}
	if p.format != formatSealed && p.format != formatErased {
		return parsed{}, errFormat
	}
	if p.format == formatErased && len(p.payload) != hashLen {
		return parsed{}, errShort
	}
	return p, nil
}

// hash returns the entry's hash.
func (p parsed) hash(position uint64) hash {
	return chain(p.previous, position, contentHash(p.envelope, p.payloadHash()))
}

func (p parsed) payloadHash() hash {
	if p.format == formatErased {
		return hash(p.payload)
	}
	return sha256.Sum256(p.payload)
}

// tombstone returns the record without its payload: hash and place stay what they were.
func (p parsed) tombstone(position uint64) []byte {
	t := make([]byte, atLength, atLength+len(p.envelope)+hashLen)
	t[0] = formatErased
	copy(t[atPrevious:], p.previous[:])
	t = append(t, p.envelope...)
	sum := p.payloadHash()
	t = append(t, sum[:]...)
	binary.BigEndian.PutUint32(t[atChecksum:], checksum(t, position))
	return t
}

// decodeEnvelope reads the envelope.
func (p parsed) decodeEnvelope(position uint64) (consult.Envelope, error) {
	var env consult.Envelope
	if err := json.Unmarshal(p.envelope[headerLen-atLength:], &env); err != nil {
		return consult.Envelope{}, err
	}
	env.Position = position
	return env, nil
}

func positionKey(position uint64) []byte { return binary.BigEndian.AppendUint64(nil, position) }
