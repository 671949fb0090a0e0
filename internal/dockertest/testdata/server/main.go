// The server answers on :8080 until SIGTERM and then ends with 0; "check URL" asks it, for the health check.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "check" {
		res, err := http.Get(os.Args[2])
		if err != nil || res.StatusCode != http.StatusOK {
			fmt.Println("check failed:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	srv := &http.Server{Addr: ":8080", Handler: http.HandlerFunc(answer)}
	go srv.ListenAndServe()
	fmt.Println("listening")
	<-ctx.Done()
	srv.Shutdown(context.Background())
}

func answer(w http.ResponseWriter, r *http.Request) {
	if os.Getenv("BROKEN") != "" {
		http.Error(w, "broken", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "uid", os.Getuid())
}
