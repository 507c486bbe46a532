// Command wire speaks MongoDB's protocol over TLS in front of a PostgreSQL server.
//
// It is FerretDB as a package. Clients sign in with PLAIN; their name and password are PostgreSQL's, which alone decides
// what they may do. The address of PostgreSQL therefore carries neither: with them, everyone would be that user.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "", "`address` to listen on, with TLS")
	certificate := flag.String("certificate", "", "`file` of the server's certificate, PEM")
	key := flag.String("key", "", "`file` of its private key, PEM")
	postgres := flag.String("postgres", "", "`address` of PostgreSQL")
	database := flag.String("database", "", "`name` of the database there that holds all of MongoDB's")
	authority := flag.String("authority", "", "`file` of the authority that signed PostgreSQL's certificate, PEM")
	flag.Parse()

	// The driver of PostgreSQL would sign in as whom these name a client that gave no name.
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PG") {
			os.Unsetenv(name)
		}
	}
	target := url.URL{Scheme: "postgres", Host: *postgres, Path: "/" + *database, RawQuery: url.Values{
		"sslmode":                 {"verify-full"},
		"sslrootcert":             {*authority},
		"passfile":                {os.DevNull},
		"servicefile":             {os.DevNull},
		"pool_max_conn_idle_time": {"1m"},
	}.Encode()}

	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:      ferretdb.ListenerConfig{TLS: *listen, TLSCertFile: *certificate, TLSKeyFile: *key},
		Logger:        logger,
		Handler:       "postgresql",
		PostgreSQLURL: target.String(),
	})
	if err != nil {
		logger.Error("can't start", "error", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := server.Run(ctx); err != nil {
		logger.Error("ended", "error", err)
		os.Exit(1)
	}
}
