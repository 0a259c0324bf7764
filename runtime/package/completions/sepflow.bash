# Bash asks sepflow what a word may become; where it has no answer, the word is the name of a file.
_sepflow() {
    mapfile -t COMPREPLY < <(sepflow complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _sepflow sepflow
