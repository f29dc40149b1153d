
# In front of the prompt.
if "before" not-in $env.__rolecall {
  $env.__rolecall = ($env.__rolecall | insert before $env.PROMPT_COMMAND?)
  $env.PROMPT_COMMAND = {||
    let text = (^$__rolecall_program prompt --shell nushell | str trim)
    let before = $env.__rolecall.before
    let rest = (if ($before | describe) == "closure" { do $before } else { $before | default "" })
    if ($text | is-empty) { $rest } else { $"($text) ($rest)" }
  }
}
