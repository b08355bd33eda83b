# Completion of verdicts(1) for bash: the program itself says what could stand next.

_verdicts() {
    local -a words=()
    local i part word help
    # Readline parts words at = and :, and the program wants them whole.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        part=${COMP_WORDS[i]}
        if ((${#words[@]})) && [[ $part == [=:]* || ${words[-1]} == *[=:] ]]; then
            words[-1]+=$part
        else
            words+=("$part")
        fi
    done
    local current=${COMP_WORDS[COMP_CWORD]}
    [[ $current != [=:] ]] || current=
    local cut=${words[-1]%"$current"}
    while IFS=$'\t' read -r word help; do
        case $word in
        :files)
            compopt -o filenames
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current")
            ;;
        :folders)
            compopt -o filenames
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$current")
            ;;
        *)
            [[ $word != *= ]] || compopt -o nospace
            printf -v word %q "${word#"$cut"}"
            COMPREPLY+=("$word")
            ;;
        esac
    done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
}

complete -F _verdicts verdicts
