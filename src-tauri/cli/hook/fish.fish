# Rolecall for fish. In ~/.config/fish/config.fish:  rolecall hook fish | source
set -g __rolecall_program @PROGRAM@
set -g __rolecall_seen ''

# `use` prints code for this shell; everything else is the program's own.
function rolecall --description 'Switch between AWS accounts and roles'
    set -l code 0
    if test "$argv[1]" = use
        set -e argv[1]
        set -l out (command $__rolecall_program use --shell fish $argv)
        set code $status
        if string match -q -- '# rolecall*' "$out[1]"
            printf '%s\n' $out | source
            or set code $status
        else if test (count $out) -gt 0
            printf '%s\n' $out
        end
    else
        command $__rolecall_program $argv
        set code $status
    end
    # Trust, a list or a sign-in may be new.
    set -g __rolecall_seen ''
    return $code
end

# At every prompt and after every `cd`: the program is started only if another .rolecall.toml counts now, or its text
# has changed.
function __rolecall_hook --on-event fish_prompt --on-variable PWD
    status is-command-substitution; and return
    set -l dir $PWD
    set -l file ''
    # A path of several lines is not looked at: fish would take it for several paths.
    string match -q -- '*
*' $PWD; and return
    while true
        if test -e "$dir/.rolecall.toml"; or test -L "$dir/.rolecall.toml"
            set file "$dir/.rolecall.toml"
            break
        end
        test -n "$dir"; or break
        set dir (string replace -r -- '/[^/]*$' '' $dir)
    end
    set -l text ''
    if test -n "$file"; and test -f "$file"; and not test -L "$file"; and test -r "$file"
        read -z -n 16384 text <$file
    end
    set -l seen "$file|$text"
    if test "$seen" != "$__rolecall_seen"
        set -g __rolecall_seen $seen
        if test -n "$file"; or string match -q -- '*"directory"*' "$ROLECALL_SHELL"
            set -l out (command $__rolecall_program hook-env fish)
            if string match -q -- '# rolecall*' "$out[1]"
                printf '%s\n' $out | source
            end
        end
    end
end
