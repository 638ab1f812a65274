
use builtin;
use str;

set edit:completion:arg-completer[notes] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'notes'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'notes'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand add 'Add a note'
            cand list 'List notes, all or those that a QUERY finds'
            cand ls 'List notes, all or those that a QUERY finds'
            cand search 'Search notes'
            cand tags 'List the tags, and how many notes have each'
            cand show 'Show notes'
            cand edit 'Edit notes'
            cand rm 'Delete notes'
            cand delete 'Delete notes'
            cand undo 'Undo a change'
            cand log 'Show the changes that can be undone'
            cand health 'Check that Redis answers and keeps notes safe'
            cand serve 'Serve the notes over HTTP'
            cand redis 'Manage the private Redis'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'notes;add'= {
            cand -c 'Set the content'
            cand --content 'Set the content'
            cand -f 'Read the content from a file, - for standard input'
            cand --file 'Read the content from a file, - for standard input'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;list'= {
            cand --tag 'Only notes with this tag'
            cand --not 'Only notes without this word or ''#tag'''
            cand -e 'Only notes whose title or content matches this regular expression'
            cand --regex 'Only notes whose title or content matches this regular expression'
            cand --since 'Only notes of this time or later: 2026-01-15, 2d, yesterday, ''last monday'', RFC 3339'
            cand --until 'Only notes of this time or earlier; a day counts to its end'
            cand -n 'List at most this many notes'
            cand --limit 'List at most this many notes'
            cand --sort 'Sort by time, newest first, or by title, from A to Z'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -r 'Reverse the order'
            cand --reverse 'Reverse the order'
            cand --jsonl 'Print one JSON object per line'
            cand --csv 'Print comma-separated values with a header (RFC 4180)'
            cand --tsv 'Print tab-separated values with a header'
            cand --ids 'Print only the ids'
            cand --no-headers 'Leave out the header of --csv and --tsv'
            cand --exit-status 'Exit with 1 if no note is found'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;ls'= {
            cand --tag 'Only notes with this tag'
            cand --not 'Only notes without this word or ''#tag'''
            cand -e 'Only notes whose title or content matches this regular expression'
            cand --regex 'Only notes whose title or content matches this regular expression'
            cand --since 'Only notes of this time or later: 2026-01-15, 2d, yesterday, ''last monday'', RFC 3339'
            cand --until 'Only notes of this time or earlier; a day counts to its end'
            cand -n 'List at most this many notes'
            cand --limit 'List at most this many notes'
            cand --sort 'Sort by time, newest first, or by title, from A to Z'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -r 'Reverse the order'
            cand --reverse 'Reverse the order'
            cand --jsonl 'Print one JSON object per line'
            cand --csv 'Print comma-separated values with a header (RFC 4180)'
            cand --tsv 'Print tab-separated values with a header'
            cand --ids 'Print only the ids'
            cand --no-headers 'Leave out the header of --csv and --tsv'
            cand --exit-status 'Exit with 1 if no note is found'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;search'= {
            cand --tag 'Only notes with this tag'
            cand --not 'Only notes without this word or ''#tag'''
            cand -e 'Only notes whose title or content matches this regular expression'
            cand --regex 'Only notes whose title or content matches this regular expression'
            cand --since 'Only notes of this time or later: 2026-01-15, 2d, yesterday, ''last monday'', RFC 3339'
            cand --until 'Only notes of this time or earlier; a day counts to its end'
            cand -n 'List at most this many notes'
            cand --limit 'List at most this many notes'
            cand --sort 'Sort by time, newest first, or by title, from A to Z'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -r 'Reverse the order'
            cand --reverse 'Reverse the order'
            cand --jsonl 'Print one JSON object per line'
            cand --csv 'Print comma-separated values with a header (RFC 4180)'
            cand --tsv 'Print tab-separated values with a header'
            cand --ids 'Print only the ids'
            cand --no-headers 'Leave out the header of --csv and --tsv'
            cand --exit-status 'Exit with 1 if no note is found'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;tags'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;show'= {
            cand --field 'Print only this field'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand --raw 'Print only the stored text: title and content, or the --field'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;edit'= {
            cand -t 'Set the title'
            cand --title 'Set the title'
            cand -c 'Set the content'
            cand --content 'Set the content'
            cand -f 'Set the content to that of a file, - for standard input'
            cand --file 'Set the content to that of a file, - for standard input'
            cand --append 'Append lines to the content'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand --resume 'Continue with the draft that was kept when an edit of this note could not be stored'
            cand -y 'Do not ask before three notes or more are changed'
            cand --yes 'Do not ask before three notes or more are changed'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;rm'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -n 'Say what would be deleted, and delete nothing'
            cand --dry-run 'Say what would be deleted, and delete nothing'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;delete'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -n 'Say what would be deleted, and delete nothing'
            cand --dry-run 'Say what would be deleted, and delete nothing'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;undo'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -n 'Say what would be undone, and change nothing'
            cand --dry-run 'Say what would be undone, and change nothing'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;log'= {
            cand -n 'List at most this many steps'
            cand --limit 'List at most this many steps'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;health'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand --deep 'Read every note, and report what is wrong with any of them'
            cand --fix 'Repair what can be repaired without guessing'
            cand -n 'Say what --fix would do, and change nothing'
            cand --dry-run 'Say what --fix would do, and change nothing'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;serve'= {
            cand --host 'Listen at this address; anything but loopback is open to the network'
            cand --port 'Listen at this port, 0 for any that is free'
            cand --token-file 'Let in only who sends the token in this file, as `Authorization: Bearer TOKEN`'
            cand --max-connections 'Hold no more than this many connections; the next client waits until another is gone'
            cand --max-body 'Accept no body longer than this'
            cand --idle-timeout 'Hang up on a client that has sent nothing for this long'
            cand --header-timeout 'Do not count a connection whose request has not arrived this long after --idle-timeout'
            cand --transfer-timeout 'Allow this long for one body to arrive, or one response to be sent'
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand start 'Start the private Redis if it is not running'
            cand stop 'Stop the private Redis; the notes stay on disk'
            cand status 'Tell whether the private Redis is running, and start nothing'
            cand cli 'Run redis-cli on the Redis in use, private or not'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'notes;redis;start'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;stop'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;status'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;cli'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;help'= {
            cand start 'Start the private Redis if it is not running'
            cand stop 'Stop the private Redis; the notes stay on disk'
            cand status 'Tell whether the private Redis is running, and start nothing'
            cand cli 'Run redis-cli on the Redis in use, private or not'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'notes;redis;help;start'= {
        }
        &'notes;redis;help;stop'= {
        }
        &'notes;redis;help;status'= {
        }
        &'notes;redis;help;cli'= {
        }
        &'notes;redis;help;help'= {
        }
        &'notes;completions'= {
            cand -u 'Use the Redis server at this URL'
            cand --redis-url 'Use the Redis server at this URL'
            cand --timeout 'Wait at most this long for Redis [default: 5]'
            cand --json 'Print JSON, with all fields or only these'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Print only errors on standard error'
            cand --quiet 'Print only errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;help'= {
            cand add 'Add a note'
            cand list 'List notes, all or those that a QUERY finds'
            cand search 'Search notes'
            cand tags 'List the tags, and how many notes have each'
            cand show 'Show notes'
            cand edit 'Edit notes'
            cand rm 'Delete notes'
            cand undo 'Undo a change'
            cand log 'Show the changes that can be undone'
            cand health 'Check that Redis answers and keeps notes safe'
            cand serve 'Serve the notes over HTTP'
            cand redis 'Manage the private Redis'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'notes;help;add'= {
        }
        &'notes;help;list'= {
        }
        &'notes;help;search'= {
        }
        &'notes;help;tags'= {
        }
        &'notes;help;show'= {
        }
        &'notes;help;edit'= {
        }
        &'notes;help;rm'= {
        }
        &'notes;help;undo'= {
        }
        &'notes;help;log'= {
        }
        &'notes;help;health'= {
        }
        &'notes;help;serve'= {
        }
        &'notes;help;redis'= {
            cand start 'Start the private Redis if it is not running'
            cand stop 'Stop the private Redis; the notes stay on disk'
            cand status 'Tell whether the private Redis is running, and start nothing'
            cand cli 'Run redis-cli on the Redis in use, private or not'
        }
        &'notes;help;redis;start'= {
        }
        &'notes;help;redis;stop'= {
        }
        &'notes;help;redis;status'= {
        }
        &'notes;help;redis;cli'= {
        }
        &'notes;help;completions'= {
        }
        &'notes;help;help'= {
        }
    ]
    $completions[$command]
}
