
# In front of the prompt.
if not functions -q __rolecall_prompt_before
    functions -q fish_prompt; and functions -c fish_prompt __rolecall_prompt_before
    function __rolecall_return
        return $argv[1]
    end
    function fish_prompt
        set -l code $status
        set -l text (command $__rolecall_program prompt --shell fish 2>/dev/null)
        test -n "$text"; and printf '%s ' "$text"
        __rolecall_return $code
        __rolecall_prompt_before
    end
end
