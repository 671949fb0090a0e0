package engine

import "sync"

// tail is a writer that keeps the last maxOutput bytes, however much is written.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > 2*maxOutput {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-maxOutput:]...)
	}
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf[max(0, len(t.buf)-maxOutput):]
}

func (t *tail) last(n int) string {
	b := t.bytes()
	return clip(string(b[max(0, len(b)-n):]), n)
}
