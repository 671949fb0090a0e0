package report

import (
	"fmt"
	"io"
	"time"

	"github.com/autogit/autogit/internal/agent"
)

// Progress prints the phases of a run as they end, one line each; on a terminal also the one under way.
type Progress struct {
	W     io.Writer
	Style Style
	// Live shows the phase under way on a line that the next one overwrites.
	Live bool
	task string
}

// Event prints one event.
func (p *Progress) Event(e agent.Event) {
	if e.Task != p.task {
		p.task = e.Task
		fmt.Fprintf(p.W, "%s\n", p.Style.bold(Plain(e.Task)))
	}
	if e.Begin {
		if p.Live {
			fmt.Fprintf(p.W, "  … %s\r", e.Phase)
		}
		return
	}
	if p.Live {
		fmt.Fprint(p.W, "\x1b[2K")
	}
	name := string(e.Phase)
	if e.Round > 1 {
		name += fmt.Sprintf(" (round %d)", e.Round)
	}
	fmt.Fprintf(p.W, "  %s %s %s %s\n", p.Style.mark(e.OK), pad(name, 8), Plain(e.Detail), p.Style.dim(elapsed(e.Elapsed)))
}

func elapsed(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return ""
	case d < 10*time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
