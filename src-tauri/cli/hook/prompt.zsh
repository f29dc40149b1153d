
# In front of the prompt, in place of what it was last time: so no option has to be set for it.
function __rolecall_prompt {
  local code=$?
  emulate -L zsh
  local text
  text="$("$__rolecall_program" prompt --shell zsh 2>/dev/null)"
  [[ -z $text ]] || text="$text "
  typeset -g PROMPT="$text${PROMPT#"${__rolecall_segment-}"}" __rolecall_segment=$text
  return $code
}
(( ${precmd_functions[(I)__rolecall_prompt]} )) || precmd_functions+=(__rolecall_prompt)
