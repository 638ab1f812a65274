# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_notes_global_optspecs
    string join \n u/redis-url= timeout= json= q/quiet color= h/help V/version
end

function __fish_notes_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_notes_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_notes_using_subcommand
    set -l cmd (__fish_notes_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c notes -n "__fish_notes_needs_command" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_needs_command" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_needs_command" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_needs_command" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_needs_command" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_needs_command" -s V -l version -d 'Print version'
complete -c notes -n "__fish_notes_needs_command" -f -a "add" -d 'Add a note'
complete -c notes -n "__fish_notes_needs_command" -f -a "list" -d 'List notes, all or those that a QUERY finds'
complete -c notes -n "__fish_notes_needs_command" -f -a "ls" -d 'List notes, all or those that a QUERY finds'
complete -c notes -n "__fish_notes_needs_command" -f -a "search" -d 'Search notes'
complete -c notes -n "__fish_notes_needs_command" -f -a "tags" -d 'List the tags, and how many notes have each'
complete -c notes -n "__fish_notes_needs_command" -f -a "show" -d 'Show notes'
complete -c notes -n "__fish_notes_needs_command" -f -a "edit" -d 'Edit notes'
complete -c notes -n "__fish_notes_needs_command" -f -a "rm" -d 'Delete notes'
complete -c notes -n "__fish_notes_needs_command" -f -a "delete" -d 'Delete notes'
complete -c notes -n "__fish_notes_needs_command" -f -a "undo" -d 'Undo a change'
complete -c notes -n "__fish_notes_needs_command" -f -a "log" -d 'Show the changes that can be undone'
complete -c notes -n "__fish_notes_needs_command" -f -a "health" -d 'Check that Redis answers and keeps notes safe'
complete -c notes -n "__fish_notes_needs_command" -f -a "serve" -d 'Serve the notes over HTTP'
complete -c notes -n "__fish_notes_needs_command" -f -a "redis" -d 'Manage the private Redis'
complete -c notes -n "__fish_notes_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c notes -n "__fish_notes_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c notes -n "__fish_notes_using_subcommand add" -s c -l content -d 'Set the content' -r -f
complete -c notes -n "__fish_notes_using_subcommand add" -s f -l file -d 'Read the content from a file, - for standard input' -r -F
complete -c notes -n "__fish_notes_using_subcommand add" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand add" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand add" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand add" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand add" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand list" -l tag -d 'Only notes with this tag' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l not -d 'Only notes without this word or \'#tag\'' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -s e -l regex -d 'Only notes whose title or content matches this regular expression' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l since -d 'Only notes of this time or later: 2026-01-15, 2d, yesterday, \'last monday\', RFC 3339' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l until -d 'Only notes of this time or earlier; a day counts to its end' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -s n -l limit -d 'List at most this many notes' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l sort -d 'Sort by time, newest first, or by title, from A to Z' -r -f -a "created\t'When they were created'
updated\t'When they were last changed'
title\t'Their titles'"
complete -c notes -n "__fish_notes_using_subcommand list" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand list" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand list" -s r -l reverse -d 'Reverse the order'
complete -c notes -n "__fish_notes_using_subcommand list" -l jsonl -d 'Print one JSON object per line'
complete -c notes -n "__fish_notes_using_subcommand list" -l csv -d 'Print comma-separated values with a header (RFC 4180)'
complete -c notes -n "__fish_notes_using_subcommand list" -l tsv -d 'Print tab-separated values with a header'
complete -c notes -n "__fish_notes_using_subcommand list" -l ids -d 'Print only the ids'
complete -c notes -n "__fish_notes_using_subcommand list" -l no-headers -d 'Leave out the header of --csv and --tsv'
complete -c notes -n "__fish_notes_using_subcommand list" -l exit-status -d 'Exit with 1 if no note is found'
complete -c notes -n "__fish_notes_using_subcommand list" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand ls" -l tag -d 'Only notes with this tag' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l not -d 'Only notes without this word or \'#tag\'' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -s e -l regex -d 'Only notes whose title or content matches this regular expression' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l since -d 'Only notes of this time or later: 2026-01-15, 2d, yesterday, \'last monday\', RFC 3339' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l until -d 'Only notes of this time or earlier; a day counts to its end' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -s n -l limit -d 'List at most this many notes' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l sort -d 'Sort by time, newest first, or by title, from A to Z' -r -f -a "created\t'When they were created'
updated\t'When they were last changed'
title\t'Their titles'"
complete -c notes -n "__fish_notes_using_subcommand ls" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand ls" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand ls" -s r -l reverse -d 'Reverse the order'
complete -c notes -n "__fish_notes_using_subcommand ls" -l jsonl -d 'Print one JSON object per line'
complete -c notes -n "__fish_notes_using_subcommand ls" -l csv -d 'Print comma-separated values with a header (RFC 4180)'
complete -c notes -n "__fish_notes_using_subcommand ls" -l tsv -d 'Print tab-separated values with a header'
complete -c notes -n "__fish_notes_using_subcommand ls" -l ids -d 'Print only the ids'
complete -c notes -n "__fish_notes_using_subcommand ls" -l no-headers -d 'Leave out the header of --csv and --tsv'
complete -c notes -n "__fish_notes_using_subcommand ls" -l exit-status -d 'Exit with 1 if no note is found'
complete -c notes -n "__fish_notes_using_subcommand ls" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand search" -l tag -d 'Only notes with this tag' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l not -d 'Only notes without this word or \'#tag\'' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -s e -l regex -d 'Only notes whose title or content matches this regular expression' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l since -d 'Only notes of this time or later: 2026-01-15, 2d, yesterday, \'last monday\', RFC 3339' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l until -d 'Only notes of this time or earlier; a day counts to its end' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -s n -l limit -d 'List at most this many notes' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l sort -d 'Sort by time, newest first, or by title, from A to Z' -r -f -a "created\t'When they were created'
updated\t'When they were last changed'
title\t'Their titles'"
complete -c notes -n "__fish_notes_using_subcommand search" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand search" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand search" -s r -l reverse -d 'Reverse the order'
complete -c notes -n "__fish_notes_using_subcommand search" -l jsonl -d 'Print one JSON object per line'
complete -c notes -n "__fish_notes_using_subcommand search" -l csv -d 'Print comma-separated values with a header (RFC 4180)'
complete -c notes -n "__fish_notes_using_subcommand search" -l tsv -d 'Print tab-separated values with a header'
complete -c notes -n "__fish_notes_using_subcommand search" -l ids -d 'Print only the ids'
complete -c notes -n "__fish_notes_using_subcommand search" -l no-headers -d 'Leave out the header of --csv and --tsv'
complete -c notes -n "__fish_notes_using_subcommand search" -l exit-status -d 'Exit with 1 if no note is found'
complete -c notes -n "__fish_notes_using_subcommand search" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand search" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand tags" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand tags" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand tags" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand tags" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand tags" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand tags" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand show" -l field -d 'Print only this field' -r -f
complete -c notes -n "__fish_notes_using_subcommand show" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand show" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand show" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand show" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand show" -l raw -d 'Print only the stored text: title and content, or the --field'
complete -c notes -n "__fish_notes_using_subcommand show" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand edit" -s t -l title -d 'Set the title' -r -f
complete -c notes -n "__fish_notes_using_subcommand edit" -s c -l content -d 'Set the content' -r -f
complete -c notes -n "__fish_notes_using_subcommand edit" -s f -l file -d 'Set the content to that of a file, - for standard input' -r -F
complete -c notes -n "__fish_notes_using_subcommand edit" -l append -d 'Append lines to the content' -r -f
complete -c notes -n "__fish_notes_using_subcommand edit" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand edit" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand edit" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand edit" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand edit" -l resume -d 'Continue with the draft that was kept when an edit of this note could not be stored'
complete -c notes -n "__fish_notes_using_subcommand edit" -s y -l yes -d 'Do not ask before three notes or more are changed'
complete -c notes -n "__fish_notes_using_subcommand edit" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand rm" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand rm" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand rm" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand rm" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand rm" -s y -l yes -d 'Do not ask'
complete -c notes -n "__fish_notes_using_subcommand rm" -s n -l dry-run -d 'Say what would be deleted, and delete nothing'
complete -c notes -n "__fish_notes_using_subcommand rm" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand delete" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand delete" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand delete" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand delete" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand delete" -s y -l yes -d 'Do not ask'
complete -c notes -n "__fish_notes_using_subcommand delete" -s n -l dry-run -d 'Say what would be deleted, and delete nothing'
complete -c notes -n "__fish_notes_using_subcommand delete" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand undo" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand undo" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand undo" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand undo" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand undo" -s n -l dry-run -d 'Say what would be undone, and change nothing'
complete -c notes -n "__fish_notes_using_subcommand undo" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand log" -s n -l limit -d 'List at most this many steps' -r -f
complete -c notes -n "__fish_notes_using_subcommand log" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand log" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand log" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand log" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand log" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand health" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand health" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand health" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand health" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand health" -l deep -d 'Read every note, and report what is wrong with any of them'
complete -c notes -n "__fish_notes_using_subcommand health" -l fix -d 'Repair what can be repaired without guessing'
complete -c notes -n "__fish_notes_using_subcommand health" -s n -l dry-run -d 'Say what --fix would do, and change nothing'
complete -c notes -n "__fish_notes_using_subcommand health" -s y -l yes -d 'Do not ask'
complete -c notes -n "__fish_notes_using_subcommand health" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand serve" -l host -d 'Listen at this address; anything but loopback is open to the network' -r -f -a "(__fish_print_hostnames)"
complete -c notes -n "__fish_notes_using_subcommand serve" -l port -d 'Listen at this port, 0 for any that is free' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l token-file -d 'Let in only who sends the token in this file, as `Authorization: Bearer TOKEN`' -r -F
complete -c notes -n "__fish_notes_using_subcommand serve" -l max-connections -d 'Hold no more than this many connections; the next client waits until another is gone' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l max-body -d 'Accept no body longer than this' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l idle-timeout -d 'Hang up on a client that has sent nothing for this long' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l header-timeout -d 'Do not count a connection whose request has not arrived this long after --idle-timeout' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l transfer-timeout -d 'Allow this long for one body to arrive, or one response to be sent' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand serve" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand serve" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -f -a "start" -d 'Start the private Redis if it is not running'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -f -a "stop" -d 'Stop the private Redis; the notes stay on disk'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -f -a "status" -d 'Tell whether the private Redis is running, and start nothing'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -f -a "cli" -d 'Run redis-cli on the Redis in use, private or not'
complete -c notes -n "__fish_notes_using_subcommand redis; and not __fish_seen_subcommand_from start stop status cli help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from start" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from start" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from start" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from start" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from stop" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from stop" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from stop" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from stop" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from status" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from status" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from status" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from status" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from cli" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from cli" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from cli" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from cli" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from cli" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from cli" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from help" -f -a "start" -d 'Start the private Redis if it is not running'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop the private Redis; the notes stay on disk'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from help" -f -a "status" -d 'Tell whether the private Redis is running, and start nothing'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from help" -f -a "cli" -d 'Run redis-cli on the Redis in use, private or not'
complete -c notes -n "__fish_notes_using_subcommand redis; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c notes -n "__fish_notes_using_subcommand completions" -s u -l redis-url -d 'Use the Redis server at this URL' -r -f
complete -c notes -n "__fish_notes_using_subcommand completions" -l timeout -d 'Wait at most this long for Redis [default: 5]' -r -f
complete -c notes -n "__fish_notes_using_subcommand completions" -l json -d 'Print JSON, with all fields or only these' -r -f
complete -c notes -n "__fish_notes_using_subcommand completions" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In a pipe or a file too, whatever the environment says'
never\t'Not even on a terminal'"
complete -c notes -n "__fish_notes_using_subcommand completions" -s q -l quiet -d 'Print only errors on standard error'
complete -c notes -n "__fish_notes_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "add" -d 'Add a note'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "list" -d 'List notes, all or those that a QUERY finds'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "search" -d 'Search notes'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "tags" -d 'List the tags, and how many notes have each'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "show" -d 'Show notes'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "edit" -d 'Edit notes'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "rm" -d 'Delete notes'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "undo" -d 'Undo a change'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "log" -d 'Show the changes that can be undone'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "health" -d 'Check that Redis answers and keeps notes safe'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "serve" -d 'Serve the notes over HTTP'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "redis" -d 'Manage the private Redis'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c notes -n "__fish_notes_using_subcommand help; and not __fish_seen_subcommand_from add list search tags show edit rm undo log health serve redis completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c notes -n "__fish_notes_using_subcommand help; and __fish_seen_subcommand_from redis" -f -a "start" -d 'Start the private Redis if it is not running'
complete -c notes -n "__fish_notes_using_subcommand help; and __fish_seen_subcommand_from redis" -f -a "stop" -d 'Stop the private Redis; the notes stay on disk'
complete -c notes -n "__fish_notes_using_subcommand help; and __fish_seen_subcommand_from redis" -f -a "status" -d 'Tell whether the private Redis is running, and start nothing'
complete -c notes -n "__fish_notes_using_subcommand help; and __fish_seen_subcommand_from redis" -f -a "cli" -d 'Run redis-cli on the Redis in use, private or not'
complete -c notes -f
complete -c notes -n "__fish_notes_using_subcommand completions" -a "bash elvish fish powershell zsh"
