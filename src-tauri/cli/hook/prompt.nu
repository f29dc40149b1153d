
# In front of the prompt.
if "__rolecall_prompt_before" not-in $env {
  $env.__rolecall_prompt_before = $env.PROMPT_COMMAND
  $env.PROMPT_COMMAND = {||
    let text = (^$__rolecall_program prompt --shell nushell | str trim)
    let before = $env.__rolecall_prompt_before
    let rest = (if ($before | describe) == "closure" { do $before } else { $before })
    if ($text | is-empty) { $rest } else { $"($text) ($rest)" }
  }
}
