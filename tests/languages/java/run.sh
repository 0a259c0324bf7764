#!/bin/sh
# run.sh STAGE WORK LAYOUTS. JNA is Debian's libjna-java.
set -eu
jna=/usr/share/java/jna.jar
if ! command -v javac >/dev/null || [ ! -e "$jna" ]; then
    echo "SKIPPED: no javac, or no $jna"
    exit 77
fi
mkdir -p "$2"
"$3" >"$2/layouts"
here=$(cd "$(dirname "$0")" && pwd)
javac -Xlint:all -Werror -encoding UTF-8 -d "$2/classes" -cp "$jna" "$here"/../../../runtime/bindings/java/org/sepflow/*.java "$here/BindingTest.java"
java -ea -cp "$2/classes:$jna" org.sepflow.BindingTest "$2/layouts"
