# Fish asks sepflow what a word may become, and offers the names of files beside that.
complete -c sepflow -a '(set -l words (commandline -opc) (commandline -ct); sepflow complete $words[2..-1] 2>/dev/null)'
