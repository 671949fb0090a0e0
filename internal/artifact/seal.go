package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// sealMark begins the last line of a file that AutoGit wrote. The line is a comment in every format that
// AutoGit writes. It holds no version and no date, so that the same facts make the same bytes.
const sealMark = "# autogit:seal sha256:"

// sealDigits is how much of the hash the line shows: enough to notice an edit, short enough to read past.
const sealDigits = 16

// Seal ends content with a line that tells later runs whether somebody changed the file.
// A seal that content already has is replaced.
func Seal(content []byte) []byte {
	body, _, _ := cutSeal(content)
	if len(body) > 0 && body[len(body)-1] != '\n' {
		body = append(bytes.Clone(body), '\n')
	}
	return append(bytes.Clone(body), sealMark+digest(body)+"\n"...)
}

// Untouched tells whether AutoGit wrote content and nobody changed it since: such a file may be written anew.
// Line ends do not count, because Git on Windows changes them on checkout.
func Untouched(content []byte) bool {
	body, sum, ok := cutSeal(content)
	return ok && sum == digest(body)
}

// Sealed tells whether content ends with a seal, also one that does not match any more.
func Sealed(content []byte) bool {
	_, _, ok := cutSeal(content)
	return ok
}

// Unsealed is content without its seal: a file that a person has changed must not claim to be AutoGit's own.
func Unsealed(content []byte) []byte {
	body, _, _ := cutSeal(content)
	return body
}

// cutSeal splits content into what stands before the seal and the seal's digits; ok is false when there is none.
func cutSeal(content []byte) (body []byte, sum string, ok bool) {
	end := bytes.TrimSuffix(bytes.TrimSuffix(content, []byte("\n")), []byte("\r"))
	at := bytes.LastIndexByte(end, '\n') + 1
	rest, found := bytes.CutPrefix(end[at:], []byte(sealMark))
	if !found || len(rest) != sealDigits {
		return content, "", false
	}
	return content[:at], string(rest), true
}

func digest(body []byte) string {
	h := sha256.Sum256(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(h[:])[:sealDigits]
}
