#!/bin/bash
# hardening.sh FILE...: each shared library or program must have what makes a fault harder to abuse.
set -eu
failed=0
fail() {
    printf 'hardening.sh: %s: %s\n' "$file" "$1" >&2
    failed=1
}
for file in "$@"; do
    headers=$(readelf --wide --program-headers "$file")
    dynamic=$(readelf --wide --dynamic "$file")
    symbols=$(readelf --wide --dyn-syms "$file")
    grep -q 'GNU_RELRO' <<<"$headers" || fail 'no RELRO'
    grep -qE 'BIND_NOW|FLAGS_1.*NOW' <<<"$dynamic" || fail 'symbols are bound late'
    grep -qE 'GNU_STACK.* RW ' <<<"$headers" || fail 'an executable stack'
    grep -q 'TEXTREL' <<<"$dynamic" && fail 'relocations in code'
    readelf --wide --file-header "$file" | grep -qE 'Type: +DYN' || fail 'not position-independent'
    grep -q '__stack_chk_fail' <<<"$symbols" || fail 'no stack protector'
    # Only calls whose bounds the compiler cannot prove leave a trace; the command has one.
    if [ "${file##*/}" = sepflow ]; then grep -q '_chk' <<<"$symbols" || fail 'not fortified'; fi
    if readelf --file-header "$file" | grep -q 'X86-64'; then
        readelf --wide --notes "$file" | grep -q 'SHSTK' || fail 'not marked for shadow stacks'
    fi
done
exit $failed
