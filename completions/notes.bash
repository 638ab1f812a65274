# Completion of notes for bash: at each TAB the installed program says what may come next.

_notes() {
    COMPREPLY=()
    local line value word=${COMP_WORDS[COMP_CWORD]-}
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        line=${line#"$value"}
        if [[ $word == \'* ]]; then
            # No quote can stand between quotes.
            [[ $value == *\'* ]] && continue
        elif [[ $word != \"* && $value != '*' && $value == *[!A-Za-z0-9_./:@,=+-]* ]]; then
            printf -v value %q "$value"
        fi
        COMPREPLY+=("$value$line")
    done < <(notes __complete line "${COMP_LINE:0:COMP_POINT}" "${2-}" 2>/dev/null)
    if [[ ${COMPREPLY[0]-} == '*' ]]; then
        # A file: readline completes it if nothing is offered.
        COMPREPLY=()
        compopt -o default 2>/dev/null
    elif [[ ${#COMPREPLY[@]} -gt 1 && ${COMP_TYPE-9} -ne 37 && ${COMP_TYPE-9} -ne 42 ]]; then
        # A list is shown, of which only what all have in common is inserted. The other two types are
        # menu-complete and insert-completions, which insert what they are given.
        COMPREPLY=("${COMPREPLY[@]/$'\t'/  }")
    else
        COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
    fi
}

complete -o nosort -F _notes notes 2>/dev/null || complete -F _notes notes
