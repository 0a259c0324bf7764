# completion.zsh FOLDER LINE: what zsh, with the completions of FOLDER, makes of LINE when the tab key is hit at its end.
zmodload zsh/zpty
answer=$(mktemp -u)
mkfifo $answer
zpty shell zsh -f -i
zpty -w shell "fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -u -D"
zpty -w shell "tell() { zle complete-word; print -r -- \$BUFFER >${(q)answer} }; zle -N tell; bindkey '^T' tell"
zpty -w -n shell "$2"$'\x14'
cat $answer
zpty -d shell
rm $answer
