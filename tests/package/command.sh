#!/bin/bash
# command.sh STAGE LIBRARIES SOURCE: the installed command, its man page and what shells complete.
set -eu
stage=$1 libraries=$2 source=$3
fail() {
    printf 'command.sh: %s\n' "$*" >&2
    exit 1
}
sepflow() { env -i PATH=/usr/bin:/bin "$stage/bin/sepflow" "$@"; }

[ "$(sepflow --version)" = "sepflow $(sed -n 's/^Version: //p' "$libraries/pkgconfig/sepflow.pc")" ] ||
    fail 'the version is another than that of sepflow.pc'
# With nothing in the environment it finds the plugins that were installed with it, and no others.
for plugin in separable arithmetic; do
    sepflow list | grep -qF "$libraries/sepflow-1/$plugin.sepflow.so" || fail "does not find $plugin"
done

# The man pages name every verb and option that --help names; check and compile have pages of their
# own.
pages=$stage/share/man/man1
verbs=$(sepflow complete '')
[ "$(wc -w <<<"$verbs")" -ge 6 ] || fail "verbs: $verbs"
for verb in $verbs; do
    grep -q "sepflow $verb" "$pages/sepflow.1" || fail "the man page lacks $verb"
    page=$pages/sepflow.1
    case $verb in
        check) page=$pages/sepflow-check.1 ;;
        compile)
            [ -e "$stage/bin/sepflow-compile" ] || continue
            page=$pages/sepflow-compile.1
            ;;
    esac
    completed=$(sepflow complete "$verb" --)
    for option in $(sepflow "$verb" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | grep -oE -e '--[a-z-]+'); do
        grep -qF -- "${option//-/\\-}" "$page" || fail "the man page lacks $verb $option"
        grep -qxF -- "$option" <<<"$completed" || fail "$verb $option is not completed"
    done
done
# Roff prints these as others, where Debian does not tell it not to.
! grep -n "['\`^~]" "$pages"/*.1 || fail 'the man page holds a plain quote, accent, caret or tilde'
if command -v groff >/dev/null; then
    warnings=$(groff -man -Tutf8 -ww -z "$pages"/*.1 2>&1)
    [ -z "$warnings" ] || fail "groff: $warnings"
fi

# Bash completes verbs, options, choices; a file's name where there is no other.
completed() {
    PATH=$stage/bin:$PATH bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sepflow
        echo "${COMPREPLY[*]}"' bash "$stage/share/bash-completion/completions/sepflow" "$@"
}
[ "$(completed sepflow ex)" = explain ] || fail "ex: $(completed sepflow ex)"
[ "$(completed sepflow filter --exten)" = --extent ] || fail 'filter --exten'
[ "$(completed sepflow filter a.png b.png --extent '')" = 'same valid full' ] || fail 'filter --extent'
[ "$(completed sepflow filter a.png b.png --extent v)" = valid ] || fail 'filter --extent v'
[ -z "$(completed sepflow filter a)" ] || fail 'filter a'
[ -z "$(completed sepflow nonsense a)" ] || fail 'nonsense'

# So do the others: it is the same question to sepflow, put in their ways.
if ! command -v fish >/dev/null; then
    echo 'SKIPPED: completion in fish; it is not installed'
else
    completed() {
        PATH=$stage/bin:$PATH fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
            "$stage/share/fish/vendor_completions.d/sepflow.fish" "$1"
    }
    [ "$(completed 'sepflow ex')" = explain ] || fail "fish: ex: $(completed 'sepflow ex')"
    [ "$(completed 'sepflow filter a.png b.png --extent v')" = valid ] || fail 'fish: filter --extent v'
fi
if ! command -v zsh >/dev/null; then
    echo 'SKIPPED: completion in zsh; it is not installed'
elif ! zsh -fc 'zmodload zsh/zpty && zpty probe true' 2>/dev/null; then
    echo 'SKIPPED: completion in zsh; it needs a pseudo-terminal (/dev/pts)'
else
    completed() {
        PATH=$stage/bin:$PATH zsh -f "$source/tests/package/completion.zsh" "$stage/share/zsh/vendor-completions" "$1"
    }
    [ "$(completed 'sepflow ex')" = 'sepflow explain ' ] || fail "zsh: ex: $(completed 'sepflow ex')"
    [ "$(completed 'sepflow filter a.png b.png --extent v')" = 'sepflow filter a.png b.png --extent valid ' ] ||
        fail 'zsh: filter --extent v'
fi
