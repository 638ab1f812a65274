# Completion of notes for fish: at each TAB the installed program says what may come next.

function __notes_complete
    # The quote of a word is not closed yet.
    set -l last (commandline -ct | string trim -l -c '"\'' | string replace -ar '\\\\(.)' '$1')
    set -l candidates (notes __complete words (commandline -opc) "$last" 2>/dev/null)
    if test "$candidates" = '*'
        # What fish itself would offer.
        complete -C "'' "(commandline -ct)
    else if test -n "$candidates"
        printf '%s\n' $candidates
    end
end

complete -c notes -k -f -a '(__notes_complete)'
