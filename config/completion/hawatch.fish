# fish completion for hawatch and hawatchd: the programs know what a word may be completed to.

function __hawatch_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program __complete $words "$current" 2>/dev/null)
    if test "$lines[1]" = :files
        set -l option (string match --regex '^--[^=]*=' -- $current)
        set -l paths (__fish_complete_path (string replace --regex '^--[^=]*=' '' -- "$current"))
        printf '%s\n' "$option"$paths
    else
        printf '%s\n' $lines
    end
end

complete --command hawatch --command hawatchd --no-files --arguments '(__hawatch_complete)'
