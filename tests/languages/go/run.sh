#!/bin/sh
# run.sh STAGE WORK.
set -eu
if ! command -v go >/dev/null; then
    echo 'SKIPPED: no go'
    exit 77
fi
cd "$(dirname "$0")"
export GOCACHE="$2/cache" GOPATH="$2/path" GOPROXY=off GOFLAGS=-mod=readonly
go vet ./...
go test -count=1 ./...
