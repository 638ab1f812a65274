
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
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand add 'Add a note'
            cand list 'List notes'
            cand ls 'List notes'
            cand show 'Show notes'
            cand edit 'Edit a note'
            cand rm 'Delete notes'
            cand delete 'Delete notes'
            cand undo 'Take back a change'
            cand log 'Show the changes that can be undone'
            cand health 'Tell whether Redis answers and keeps notes safe'
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
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;list'= {
            cand -n 'List no more than this many notes'
            cand --limit 'List no more than this many notes'
            cand --sort 'Sort by a time, the newest first, or by title, from A to Z'
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -r 'Reverse the order'
            cand --reverse 'Reverse the order'
            cand --jsonl 'Print one JSON object a line'
            cand --csv 'Print comma-separated values with a header (RFC 4180)'
            cand --tsv 'Print tab-separated values with a header'
            cand --ids 'Print the ids alone'
            cand --no-headers 'Leave out the header of --csv and --tsv'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;ls'= {
            cand -n 'List no more than this many notes'
            cand --limit 'List no more than this many notes'
            cand --sort 'Sort by a time, the newest first, or by title, from A to Z'
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -r 'Reverse the order'
            cand --reverse 'Reverse the order'
            cand --jsonl 'Print one JSON object a line'
            cand --csv 'Print comma-separated values with a header (RFC 4180)'
            cand --tsv 'Print tab-separated values with a header'
            cand --ids 'Print the ids alone'
            cand --no-headers 'Leave out the header of --csv and --tsv'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;show'= {
            cand --field 'Print this field alone'
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand --raw 'Print the stored text and nothing else: title and content, or the --field'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
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
            cand --append 'Add lines at the end of the content'
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand --resume 'Go on from the draft that was kept when an edit of this note could not be written'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;rm'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -n 'Say what would be deleted, and delete nothing'
            cand --dry-run 'Say what would be deleted, and delete nothing'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;delete'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -n 'Say what would be deleted, and delete nothing'
            cand --dry-run 'Say what would be deleted, and delete nothing'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;undo'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -n 'Say what would be undone, and change nothing'
            cand --dry-run 'Say what would be undone, and change nothing'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;log'= {
            cand -n 'No more than this many steps'
            cand --limit 'No more than this many steps'
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;health'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand --deep 'Read every note, and report what is wrong with any'
            cand --fix 'Mend what can be mended without a guess'
            cand -n 'Say what --fix would do, and do nothing'
            cand --dry-run 'Say what --fix would do, and do nothing'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;serve'= {
            cand --host 'Listen at this address; anything but loopback is open to the network'
            cand --port 'Listen at this port, 0 for any that is free'
            cand --token-file 'Let in only who sends the token in this file, as `Authorization: Bearer TOKEN`'
            cand --max-connections 'Hold no more than this many connections; the next one takes the place of an idle one, or waits'
            cand --max-body 'Take no body longer than this'
            cand --idle-timeout 'Hang up on a client that has asked for nothing for so long'
            cand --header-timeout 'Give the line and the headers of one request no longer to arrive'
            cand --transfer-timeout 'Give one body no longer to arrive, or one response to leave'
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand start 'Start the private Redis if it is not running'
            cand stop 'Stop the private Redis; the notes stay on disk'
            cand status 'Tell whether the private Redis is running, and start nothing'
            cand cli 'Run redis-cli on the Redis in use, private or not'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'notes;redis;start'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;stop'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;status'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;redis;cli'= {
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
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
            cand -u 'Use the Redis at this URL'
            cand --redis-url 'Use the Redis at this URL'
            cand --timeout 'Wait no longer than this for Redis [default: 5]'
            cand --json 'Print JSON, all of it or these fields alone'
            cand --color 'Use colours: auto, always or never'
            cand -q 'Say nothing but errors on standard error'
            cand --quiet 'Say nothing but errors on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'notes;help'= {
            cand add 'Add a note'
            cand list 'List notes'
            cand show 'Show notes'
            cand edit 'Edit a note'
            cand rm 'Delete notes'
            cand undo 'Take back a change'
            cand log 'Show the changes that can be undone'
            cand health 'Tell whether Redis answers and keeps notes safe'
            cand serve 'Serve the notes over HTTP'
            cand redis 'Manage the private Redis'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'notes;help;add'= {
        }
        &'notes;help;list'= {
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
